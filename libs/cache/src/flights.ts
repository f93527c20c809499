/** One computation under way, and whether this caller began it. */
export interface Flight<T> {
  readonly isOwn: boolean;
  readonly result: Promise<T>;
}

/** Runs one piece of work per key at a time; whoever asks meanwhile waits for the same answer. */
export class Flights {
  readonly #running = new Map<string, Promise<unknown>>();

  /**
   * Joins the work under `key`, or begins it.
   *
   * @param work Learns from `isCurrent()` whether its answer still counts, or was forgotten meanwhile.
   */
  join<T>(key: string, work: (isCurrent: () => boolean) => Promise<T>): Flight<T> {
    const running = this.#running.get(key);
    if (running) return { isOwn: false, result: running as Promise<T> };
    const isCurrent = () => this.#running.get(key) === result;
    const result: Promise<T> = Promise.resolve()
      .then(() => work(isCurrent))
      .finally(() => {
        if (isCurrent()) this.#running.delete(key);
      });
    this.#running.set(key, result);
    return { isOwn: true, result };
  }

  /** Lets the next caller begin anew, and the present work learn that its answer no longer counts. */
  forget(key: string): void {
    this.#running.delete(key);
  }

  forgetAll(): void {
    this.#running.clear();
  }
}
