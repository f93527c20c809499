import { requestContext } from '@nest-quintet/core';
import type { SqlQuery } from '@prisma/driver-adapter-utils';
import type { CommitEvent, DatabaseObserver, Dialect } from '../database/database.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import type { ReportError } from './report-error.js';
import { statementTables, type StatementTables } from './statement-tables.js';
import { TableGraph } from './table-graph.js';

export interface SentStatement {
  readonly query: SqlQuery;
  readonly startedAt: number;
  readonly rows: number;
  readonly transaction?: string;
  readonly error?: unknown;
}

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
    return this.#observers.size === 0;
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
    return [requestContext.current(), ...Array.from(this.#observers, (observer) => observer.flow?.())];
  }

  /** Tells of one statement that has ended, and returns the tables that it wrote. */
  statement({ query, startedAt, rows, transaction, error }: SentStatement): ReadonlySet<string> {
    const milliseconds = performance.now() - startedAt;
    const { reads, writes } = this.tables(query.sql);
    for (const observer of this.#observers) {
      try {
        observer.statement?.({
          database: this.database,
          sql: query.sql,
          parameters: query.args,
          milliseconds,
          rows,
          reads,
          writes,
          ...(transaction !== undefined && { transaction }),
          ...(error !== undefined && { error }),
        });
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
    for (const observer of this.#observers) {
      try {
        await observer.committed?.(event);
      } catch (failure) {
        // The rows are committed: the caller must not believe otherwise.
        this.report(failure, 'observing a commit');
      }
    }
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
