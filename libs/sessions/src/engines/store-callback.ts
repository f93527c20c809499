export type StoreCallback<T> = (error: unknown, value?: T) => void;

/** Tells a callback how a promise ended, outside of the promise, so that what the callback throws is not caught. */
export function answer<T>(promise: Promise<T>, callback: StoreCallback<T> | undefined): void {
  promise.then(
    (value) => callback && process.nextTick(callback, null, value),
    (error: unknown) => callback && process.nextTick(callback, error),
  );
}
