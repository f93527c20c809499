import { AsyncLocalStorage } from 'node:async_hooks';

/** Whether operations on many rows send the signals of each row. */
export type BulkSignals = 'none' | 'each';

export interface WriteOptions {
  /** `'each'` makes `createMany` and `updateMany` write row by row and send the signals of each. Default `'none'`. */
  bulkSignals?: BulkSignals;
  /** Marks writes as the loading of a fixture. Default `false`. */
  raw?: boolean;
}

const options = new AsyncLocalStorage<WriteOptions>();

/**
 * Changes how the writes that `fn` makes send signals.
 *
 * @example
 * await withSignals({ bulkSignals: 'each' }, () => prisma.book.updateMany({ data: { price: 5 } }));
 */
export function withSignals<T>(changes: WriteOptions, fn: () => PromiseLike<T>): Promise<T> {
  // A Prisma call starts when it is awaited, so it is awaited in here.
  return options.run({ ...options.getStore(), ...changes }, async () => await fn());
}

/** Returns what {@link withSignals} says in the current flow. */
export function currentWriteOptions(): WriteOptions {
  return options.getStore() ?? {};
}
