import type { SqlResultSet } from '@prisma/driver-adapter-utils';
import type { SchemaMetadata } from '../metadata/schema.js';
import type { QueryState } from '../query/state.js';
import type { CallSite } from '../seeing/call-site.js';

/** The family of SQL that a database speaks. PGlite is `postgres`. */
export type Dialect = 'postgres' | 'sqlite' | 'mysql';

export type IsolationLevel = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

export interface AtomicOptions {
  /** Whether a nested block makes a savepoint; `false` joins the outer block. Default `true`. */
  savepoint?: boolean;
  /** Whether to refuse to run inside another block, so that its end is a real commit. Default `false`. */
  durable?: boolean;
  isolationLevel?: IsolationLevel;
  /**
   * How often to run the block again when it fails for a deadlock or a serialization failure. It is then rolled back
   * and called anew, so that it should do nothing but work in the database. Only the outermost block is run again; an
   * inner one leaves that to it. Default 0.
   */
  retries?: number;
}

/** A statement that is about to be sent. */
export interface SendingEvent {
  readonly database: string;
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Where in the application's code it comes from; absent where no observer needs it, or no such place is known. */
  readonly callSite?: CallSite;
}

/** One statement that has ended, as every observer sees it. */
export interface StatementEvent extends SendingEvent {
  /** When it was sent, as `performance.now()` counts. */
  readonly startedAt: number;
  readonly milliseconds: number;
  /** Rows returned, or rows affected. */
  readonly rows: number;
  /** Tables that the statement reads and writes, by their name in the database. */
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  /** The id of the transaction that it ran in; absent for a statement that commits itself. */
  readonly transaction?: string;
  /** The innermost savepoint of the transaction that it ran in. */
  readonly savepoint?: string;
  readonly error?: unknown;
}

export interface CommitEvent {
  readonly database: string;
  /** Tables written since the outermost transaction began, rolled back savepoints included. */
  readonly writes: ReadonlySet<string>;
}

/**
 * Hears what passes through the wrapped driver adapter: QuerySets, Prisma calls, nested writes and raw SQL alike.
 *
 * Observers are called in the asynchronous context of whoever sent the statement.
 */
export interface DatabaseObserver {
  /** Whether events have to say where in the application's code a statement comes from, which costs some microseconds. */
  readonly needsCallSite?: boolean;
  /** Runs before a statement is sent; what it throws is thrown instead. */
  sending?(event: SendingEvent): void;
  statement?(event: StatementEvent): void;
  /** Runs before the caller learns of the commit, and after each self-committing write; it is awaited. */
  committed?(event: CommitEvent): void | Promise<void>;
  /**
   * Returns what the statements of the current flow belong to, where the observer keeps that apart.
   *
   * Prisma merges `findUnique` calls that are made at the same moment into one statement; those of different requests,
   * and those for which this returns different values, are sent one by one.
   */
  flow?(): unknown;
}

/** One configured database: the port through which everything else in Quintet reaches Prisma. The DI token of the default database. */
export abstract class Database {
  readonly #defaults = new Map<string, () => QueryState>();

  abstract readonly alias: string;
  abstract readonly dialect: Dialect;
  abstract readonly schema: SchemaMetadata;
  /** Whether rows are looked at before they are written, where their manager does not say otherwise. */
  readonly validateOnSave?: boolean;
  /** The query that a model's rows are seen by from other models, where it has a default manager. */
  readonly defaultState = (model: string): QueryState | undefined => this.#defaults.get(model)?.();
  /** The Prisma client, extended so that writes send model signals. */
  abstract readonly client: unknown;

  /** Sends a reading statement in the ambient transaction, past Prisma's query engine. */
  abstract query(sql: string, parameters: readonly unknown[]): Promise<SqlResultSet>;
  /** Sends a writing statement in the ambient transaction; returns the number of rows affected. */
  abstract execute(sql: string, parameters: readonly unknown[]): Promise<number>;

  /** Sends a `SELECT` whose rows come chunk by chunk and are not kept; absent where the database cannot do that. */
  stream?(
    sql: string,
    parameters: readonly unknown[],
    chunkSize: number,
  ): AsyncGenerator<SqlResultSet['rows'], void, undefined>;

  /** Runs `fn` in a transaction that everything it calls joins. Django: `transaction.atomic`. */
  abstract atomic<T>(fn: () => Promise<T>, options?: AtomicOptions): Promise<T>;
  /** Runs `fn` after the outermost transaction commits, never when it rolls back; at once outside of one. */
  abstract onCommit(fn: () => unknown, options?: { robust?: boolean }): void;
  abstract inAtomicBlock(): boolean;
  /** Makes the innermost block end with a rollback though it does not fail. Django: `transaction.set_rollback`. */
  abstract setRollback(rollsBack?: boolean): void;

  /** Makes a query the one that a model's rows are seen by from other models: in prefetches, joins and conditions. */
  useDefault(model: string, query: () => QueryState): void {
    this.#defaults.set(model, query);
  }

  abstract observe(observer: DatabaseObserver): Disposable;
}
