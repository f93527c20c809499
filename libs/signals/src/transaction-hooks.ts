/**
 * The port through which signals learn of transactions; a database of `@nest-quintet/orm` is one.
 *
 * Hand it to the application's dispatcher with `dispatcher.useTransactions(hooks)`.
 */
export interface TransactionHooks {
  /** Whether the current asynchronous flow is inside a transaction. */
  inAtomicBlock(): boolean;
  /** Runs `fn` after the outermost transaction commits, never when it rolls back. */
  onCommit(fn: () => unknown, options?: { robust?: boolean }): void;
  /** Runs `fn` so that what it did is taken back when it fails, while the transaction goes on. */
  atomic<T>(fn: () => Promise<T>): Promise<T>;
}
