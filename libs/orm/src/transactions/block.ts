import { SerialQueue } from '../adapter/serial-queue.js';
import type { ObservedTransaction } from '../adapter/observed-transaction.js';
import type { CommitHook } from './commit-hooks.js';
import { TransactionManagementError } from './errors.js';

/** A transaction as Prisma's client names it in a request. */
export interface PrismaTransaction {
  readonly kind: 'itx';
  readonly id: string;
}

/** What all blocks of one transaction share. */
export interface OpenTransaction {
  readonly driver: ObservedTransaction;
  readonly prisma: PrismaTransaction;
  /** Prisma sends what arrives in one tick as one batch, and leaves out what follows a failure in it. */
  readonly requests: SerialQueue;
}

/** Carries a result out of a block that rolls back without having failed. */
export class RolledBack extends Error {
  constructor(readonly result: unknown) {
    super('The block ends with a rollback, as it was told to.');
  }
}

/** One `atomic()` block: the transaction itself, or a savepoint in it. */
export class Block {
  /** What is to run after the outermost commit, if this block does not roll back. */
  readonly hooks: CommitHook[] = [];
  /** Whether the block ends with a rollback though it does not fail. */
  rollsBack = false;
  #state: 'open' | 'done' | 'rolledBack' = 'open';
  #failure: { cause: unknown } | undefined;
  #child: Promise<unknown> | undefined;
  readonly #writes = new Set<Promise<unknown>>();

  constructor(readonly transaction: OpenTransaction) {}

  get state(): 'open' | 'done' | 'rolledBack' {
    return this.#state;
  }

  /** Runs the block's body to its end. */
  async run<T>(body: () => Promise<T>): Promise<T> {
    try {
      const result = await body();
      await this.#complete();
      if (this.rollsBack) throw new RolledBack(result);
      this.#state = 'done';
      return result;
    } catch (error) {
      this.#state = 'rolledBack';
      throw error;
    }
  }

  /** Says that the block did not end well after all: the database refused to commit it. */
  discard(): void {
    this.#state = 'rolledBack';
  }

  /** Leaves nothing to do but to roll back: a part of the block failed that had no savepoint of its own. */
  fail(cause: unknown): void {
    this.#failure ??= { cause };
  }

  /** Keeps a callback for after the outermost commit; a block that has rolled back has none. */
  onCommit(hook: CommitHook): void {
    if (this.#state !== 'rolledBack') this.hooks.push(hook);
  }

  /** Runs something that reads. */
  async read<T>(send: () => Promise<T>): Promise<T> {
    this.#assertUsable();
    return send();
  }

  /** Runs something that writes, when no inner block is open: rolling that back must not take this along. */
  async write<T>(send: () => Promise<T>): Promise<T> {
    while (this.#child) await this.#child;
    this.#assertUsable();
    return track(this.#writes, send());
  }

  /** Runs an inner block, when no other one is open and every write under way has ended. */
  async nest<T>(run: () => Promise<T>): Promise<T> {
    while (this.#child) await this.#child;
    this.#assertUsable();
    // Only a promise that has one reader tells, in a stack, who awaits it.
    let close!: () => void;
    const closed = new Promise<void>((resolve) => (close = resolve));
    this.#child = closed;
    try {
      await this.#settle();
      return await run();
    } finally {
      if (this.#child === closed) this.#child = undefined;
      close();
    }
  }

  /**
   * Waits for what was not awaited, and checks that the database still has something to commit.
   *
   * @throws TransactionManagementError when a failure was caught inside that the database does not forgive.
   */
  async #complete(): Promise<void> {
    while (this.#child) await this.#child;
    await this.#settle();
    if (this.rollsBack) return;
    this.#assertUsable();
    if (this.transaction.driver.hasFailed && !(await this.transaction.driver.isUsable())) {
      throw new TransactionManagementError(
        'A statement failed and its error was caught inside of atomic(), so the database can only roll back: put the statement that may fail into an atomic() of its own.',
      );
    }
  }

  #assertUsable(): void {
    if (this.#state === 'rolledBack') {
      throw new TransactionManagementError(
        'The atomic() block of this write has been rolled back already: await everything that the block starts.',
      );
    }
    if (!this.#failure) return;
    throw new TransactionManagementError(
      'An inner atomic() without a savepoint failed, so this block can only roll back: let the error pass, or leave out `savepoint: false`.',
      { cause: this.#failure.cause },
    );
  }

  async #settle(): Promise<void> {
    while (this.#writes.size > 0) await Promise.allSettled(this.#writes);
  }
}

function track<T>(running: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  const settled = work.then(nothing, nothing).then(() => void running.delete(settled));
  running.add(settled);
  return work;
}

function nothing(): void {}
