import type { AdapterHooks } from '../adapter/observed-adapter.js';
import type { ObservedTransaction } from '../adapter/observed-transaction.js';
import type { ReportError } from '../adapter/report-error.js';
import { SerialQueue } from '../adapter/serial-queue.js';
import type { AtomicOptions } from '../database/database.js';
import { Block, RolledBack, type PrismaTransaction } from './block.js';
import { type CommitHook, runCommitHookNow, runCommitHooks } from './commit-hooks.js';
import { TransactionManagementError } from './errors.js';
import { inOrder } from './in-order.js';
import { isolationLevels } from './isolation-levels.js';
import type {
  BeginTransaction,
  ClientRouting,
  PrismaClientLike,
  PrismaTransactionOptions,
} from './prisma-client.js';
import { retrying } from './retrying.js';
import { innermostBlock, scopes, type Scope } from './scope.js';
import { TickBatches } from './tick-batches.js';

type Run<T> = (client: PrismaClientLike) => Promise<T>;

const readingActions = /^(find|aggregate|groupBy|count)/;

/** The ambient transactions of one database: everything that runs inside of a block joins it. */
export class Transactions implements ClientRouting, AdapterHooks {
  #begin!: BeginTransaction;
  #savepoints = 0;
  readonly #open = new Set<Promise<unknown>>();
  readonly #batches = new TickBatches();

  constructor(
    private readonly defaults: Required<Pick<PrismaTransactionOptions, 'maxWait' | 'timeout'>>,
    private readonly report: ReportError,
    /** Names the current flow, where somebody listens to what it sends. */
    private readonly flow: () => readonly unknown[] | undefined = () => undefined,
    /** Makes what a call sends known to come from whoever makes the call, where somebody asks. */
    private readonly traced: <T>(send: () => Promise<T>) => Promise<T> = (send) => send(),
  ) {}

  /** Learns how a transaction begins, which the client can tell only once it routes its calls here. */
  beginWith(begin: BeginTransaction): void {
    this.#begin = begin;
  }

  /** The block that what the current flow writes belongs to; it refuses writes after it has rolled back. */
  get current(): Block | undefined {
    return innermostBlock(this);
  }

  /** The block that what the current flow reads is read in. */
  get open(): Block | undefined {
    const block = this.current;
    return block?.state === 'open' ? block : undefined;
  }

  /** Hands a transaction that the driver has begun to the block that asked for it. */
  began(transaction: ObservedTransaction): void {
    const scope = scopes.getStore();
    if (scope?.owner === this && !scope.block) scope.begun ??= transaction;
  }

  /** Waits until no transaction is open. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  onCommit(fn: () => unknown, { robust = false }: { robust?: boolean } = {}): void {
    const block = this.current;
    if (block) block.onCommit({ fn, robust });
    else runCommitHookNow({ fn, robust }, this.report);
  }

  setRollback(rollsBack: boolean): void {
    const block = this.open;
    if (!block) throw new TransactionManagementError('setRollback() has no meaning outside of atomic().');
    block.rollsBack = rollsBack;
  }

  /** Runs `run` in a block: a transaction, or inside of one a savepoint. */
  async atomic<T>(
    client: PrismaClientLike,
    run: Run<T>,
    { durable = false, savepoint = true, isolationLevel, retries = 0 }: AtomicOptions = {},
    prismaOptions: PrismaTransactionOptions = {},
  ): Promise<T> {
    const level = isolationLevel ? isolationLevels[isolationLevel] : prismaOptions.isolationLevel;
    const outer = this.current;
    if (!outer) {
      const options = { ...this.defaults, ...prismaOptions, isolationLevel: level };
      const { result, hooks } = await retrying(retries, () => this.#outermost(client, run, options));
      await runCommitHooks(hooks, this.report);
      return result;
    }
    if (durable) {
      throw new TransactionManagementError(
        'A durable atomic() cannot run inside another one, where its end would be no commit.',
      );
    }
    if (level) {
      throw new TransactionManagementError('Only the outermost atomic() can choose the isolation level.');
    }
    return outer.nest(() => this.#nested(outer, () => run(client), savepoint));
  }

  /** Sends one call of the Prisma client in the block that it was made in. */
  request(
    action: string,
    transaction: { kind: string; id?: string } | undefined,
    execute: (transaction?: PrismaTransaction) => Promise<unknown>,
  ): Promise<unknown> {
    return this.traced(() => this.#send(action, transaction, execute));
  }

  #send(
    action: string,
    transaction: { kind: string; id?: string } | undefined,
    execute: (transaction?: PrismaTransaction) => Promise<unknown>,
  ): Promise<unknown> {
    const isRead = readingActions.test(action);
    const isMerged = action.startsWith('findUnique');
    const block = isRead ? this.open : this.current;
    // A client that belongs to another transaction was chosen on purpose.
    if (!block || (transaction && transaction.id !== block.transaction.prisma.id)) {
      return isMerged || transaction ? this.#batches.send(this.flow(), execute) : execute();
    }
    const { prisma, requests } = block.transaction;
    const send = () => this.#batches.send(this.flow(), () => execute(prisma));
    // In the queue the calls that Prisma merges would come one by one.
    if (isMerged) return block.read(send);
    return isRead ? block.read(() => requests.run(send)) : block.write(() => requests.run(send));
  }

  /** Does what `client.$transaction(work, options)` asks for, as a block. */
  async transaction(
    client: PrismaClientLike,
    work: unknown,
    options: PrismaTransactionOptions = {},
  ): Promise<unknown> {
    if (typeof work === 'function') return this.atomic(client, work as Run<unknown>, {}, options);
    const calls = work as readonly PromiseLike<unknown>[];
    if (calls.some((call) => call instanceof Promise)) {
      throw new TransactionManagementError(
        '$transaction([…]) takes calls that have not started: leave out `await`, and give no promise of an async function.',
      );
    }
    return this.atomic(client, () => inOrder(calls), {}, options);
  }

  async #outermost<T>(
    client: PrismaClientLike,
    run: Run<T>,
    options: PrismaTransactionOptions,
  ): Promise<{ result: T; hooks: readonly CommitHook[] }> {
    const scope: Scope = { owner: this, outer: scopes.getStore() };
    const ended = scopes.run(scope, () =>
      this.#begin(client, (inner, prisma) => this.#inTransaction(scope, prisma, () => run(inner)), options),
    );
    // Only a promise that has one reader tells, in a stack, who awaits it.
    let close!: () => void;
    const open = new Promise<void>((resolve) => (close = resolve));
    this.#open.add(open);
    try {
      const result = await ended;
      return { result, hooks: scope.block?.hooks ?? [] };
    } catch (error) {
      scope.block?.discard();
      if (error instanceof RolledBack) return { result: error.result as T, hooks: [] };
      throw error;
    } finally {
      this.#open.delete(open);
      close();
    }
  }

  async #inTransaction<T>(scope: Scope, prisma: PrismaTransaction, run: () => Promise<T>): Promise<T> {
    // The client of a transaction that began elsewhere makes a savepoint of its own, outside of any block.
    if (!scope.begun) return run();
    const block = new Block({ driver: scope.begun, prisma, requests: new SerialQueue() });
    scope.block = block;
    return block.run(run);
  }

  async #nested<T>(outer: Block, run: () => Promise<T>, savepoint: boolean): Promise<T> {
    const block = new Block(outer.transaction);
    const scope: Scope = { owner: this, outer: scopes.getStore(), block };
    const runBlock = () => scopes.run(scope, () => block.run(run));
    try {
      const result = await (savepoint ? this.#inSavepoint(outer, runBlock) : runBlock());
      outer.hooks.push(...block.hooks);
      return result;
    } catch (error) {
      block.discard();
      const isWanted = error instanceof RolledBack;
      if (!savepoint && isWanted) outer.rollsBack = true;
      if (!savepoint && !isWanted) outer.fail(error);
      if (isWanted) return error.result as T;
      throw error;
    }
  }

  async #inSavepoint<T>(outer: Block, run: () => Promise<T>): Promise<T> {
    const { driver } = outer.transaction;
    const name = `quintet_${++this.#savepoints}`;
    await driver.createSavepoint(name);
    try {
      const result = await run();
      await driver.releaseSavepoint(name);
      return result;
    } catch (error) {
      try {
        await driver.rollbackToSavepoint(name);
        await driver.releaseSavepoint(name);
      } catch (failure) {
        outer.fail(failure);
      }
      throw error;
    }
  }
}
