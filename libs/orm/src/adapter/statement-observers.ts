import { AsyncLocalStorage } from 'node:async_hooks';
import { requestContext } from '@nest-quintet/core';
import type { SqlQuery } from '@prisma/driver-adapter-utils';
import type { CommitEvent, DatabaseObserver, Dialect, StatementEvent } from '../database/database.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import { callSiteOf, captureStack, type CallSite, type Stack } from '../seeing/call-site.js';
import { everywhere } from './everywhere.js';
import type { ReportError } from './report-error.js';
import { statementTables, type StatementTables } from './statement-tables.js';
import { TableGraph } from './table-graph.js';

export interface SentStatement {
  readonly query: SqlQuery;
  readonly startedAt: number;
  readonly rows: number;
  readonly transaction?: string;
  readonly savepoint?: string;
  readonly stack?: Stack;
  readonly error?: unknown;
}

/** Who has made the call of Prisma's client that is under way. */
const stacks = new AsyncLocalStorage<Stack>();

/** Longer texts are bulk statements, which hardly come twice. */
const longestRemembered = 10_000;
const mostRemembered = 1_000;

/** Tells a database's observers what passes; nothing is looked at while nobody observes. */
export class StatementObservers {
  readonly #observers = new Set<DatabaseObserver>();
  readonly #graph: TableGraph;
  readonly #tables = new Map<string, StatementTables>();

  constructor(
    readonly database: string,
    private readonly dialect: Dialect,
    schema: SchemaMetadata,
    private readonly report: ReportError,
  ) {
    this.#graph = new TableGraph(schema);
  }

  get isEmpty(): boolean {
    return this.#observers.size === 0 && everywhere.size === 0;
  }

  add(observer: DatabaseObserver): Disposable {
    this.#observers.add(observer);
    return { [Symbol.dispose]: () => void this.#observers.delete(observer) };
  }

  /**
   * Names the current flow, so that statements of different flows are not sent as one; `undefined` where nobody asks.
   */
  flow(): readonly unknown[] | undefined {
    if (this.isEmpty) return undefined;
    return [requestContext.current(), ...this.#all.map((observer) => observer.flow?.())];
  }

  /** Whether somebody asks where statements come from. */
  get needsCallSite(): boolean {
    return !this.isEmpty && this.#all.some(({ needsCallSite }) => needsCallSite);
  }

  /** Makes what `send` sends known to come from whoever awaits this: Prisma sends it from elsewhere. */
  async fromHere<T>(send: () => Promise<T>): Promise<T> {
    // Only from the next turn on does the engine know who awaits.
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    return stacks.run(captureStack(), send);
  }

  /** Tells that a statement is about to be sent; returns who sends it, where somebody asks. */
  sending({ sql, args }: SqlQuery): Stack | undefined {
    const stack = this.needsCallSite ? (stacks.getStore() ?? captureStack()) : undefined;
    for (const observer of this.#all) {
      observer.sending?.(located({ database: this.database, sql, parameters: args }, stack));
    }
    return stack;
  }

  /** Tells of one statement that has ended, and returns the tables that it wrote. */
  statement({
    query,
    startedAt,
    rows,
    transaction,
    savepoint,
    stack,
    error,
  }: SentStatement): ReadonlySet<string> {
    const milliseconds = performance.now() - startedAt;
    const { reads, writes } = this.tables(query.sql);
    const event: StatementEvent = located(
      {
        database: this.database,
        sql: query.sql,
        parameters: query.args,
        startedAt,
        milliseconds,
        rows,
        reads,
        writes,
        ...(transaction !== undefined && { transaction }),
        ...(savepoint !== undefined && { savepoint }),
        ...(error !== undefined && { error }),
      },
      stack,
    );
    for (const observer of this.#all) {
      try {
        observer.statement?.(event);
      } catch (failure) {
        this.report(failure, 'observing a statement');
      }
    }
    return writes;
  }

  /** Tells of a commit, and waits for every observer. */
  async committed(writes: ReadonlySet<string>): Promise<void> {
    if (writes.size === 0) return;
    const event: CommitEvent = { database: this.database, writes };
    for (const observer of this.#all) {
      try {
        await observer.committed?.(event);
      } catch (failure) {
        // The rows are committed: the caller must not believe otherwise.
        this.report(failure, 'observing a commit');
      }
    }
  }

  get #all(): DatabaseObserver[] {
    return [...this.#observers, ...everywhere];
  }

  /** Tells which tables a statement reads and writes, from memory where the same text came before. */
  tables(sql: string): StatementTables {
    const known = this.#tables.get(sql);
    if (known) return known;
    const tables = statementTables(sql, this.#graph, this.dialect);
    if (sql.length <= longestRemembered) {
      if (this.#tables.size >= mostRemembered) this.#tables.delete(this.#tables.keys().next().value!);
      this.#tables.set(sql, tables);
    }
    return tables;
  }
}

/** Adds where a statement comes from; the stack is read when that is looked at. */
function located<Event extends object>(
  event: Event,
  stack: Stack | undefined,
): Event & { callSite?: CallSite } {
  if (!stack) return event;
  let site: { found: CallSite | undefined } | undefined;
  return Object.defineProperty(event, 'callSite', {
    enumerable: true,
    get: () => (site ??= { found: callSiteOf(stack) }).found,
  });
}
