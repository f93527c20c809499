import { AsyncLocalStorage } from 'node:async_hooks';
import { contextKey, type RequestContext, requestContext } from '@nest-quintet/core';
import type { Database, StatementEvent } from '../database/database.js';
import { type RepeatedQuery, RequestQueries } from './request-queries.js';

export interface QueryLogOptions {
  /** How many statements of a request are kept. Default 9,000, as in Django. */
  limit?: number;
  /**
   * From how many `SELECT`s of one shape in one request on a warning names the place that sends them: most often one
   * query for each row of another. `false` for none. Default 5.
   */
  warnAfter?: number | false;
}

/** Hears what the query log sees, as it happens. */
export interface QueryLogListener {
  /** A statement has ended. */
  statement?(event: StatementEvent, queries: RequestQueries): void;
  /** A `SELECT` of one shape has come as often as is warned of; once for each shape of a request. */
  repeated?(repeated: RepeatedQuery, queries: RequestQueries): void;
}

const defaults = { limit: 9_000, warnAfter: 5 };

/**
 * Keeps what each request sends to its databases: SQL, parameters, milliseconds, rows, transaction, and the place in
 * the application's code.
 *
 * @example
 * constructor(private readonly queryLog: QueryLog) {}
 *
 * this.queryLog.current?.statements.map(({ sql, milliseconds, callSite }) => …);
 *
 * Django: `connection.queries`, and what its debug toolbar shows.
 */
export class QueryLog {
  // Made here, for a slot that anybody could fill makes every request carry its context.
  readonly #slot = contextKey<RequestQueries>('queries');
  readonly #recorded = new AsyncLocalStorage<RequestQueries>();
  readonly #listeners = new Set<QueryLogListener>();
  readonly #observing: Disposable[] = [];
  readonly #limit: number;
  readonly #warnAfter: number;

  constructor({ limit = defaults.limit, warnAfter = defaults.warnAfter }: QueryLogOptions = {}) {
    this.#limit = limit;
    this.#warnAfter = warnAfter === false ? Number.POSITIVE_INFINITY : warnAfter;
  }

  /** What the current request, or the innermost `record()`, has sent so far; `undefined` outside of both. */
  get current(): RequestQueries | undefined {
    const recorded = this.#recorded.getStore();
    if (recorded) return recorded;
    const context = requestContext.current();
    return context && this.#of(context);
  }

  /** What a request has sent so far. */
  of(context: RequestContext): RequestQueries {
    return this.#of(context);
  }

  /**
   * Keeps what `fn` sends, such as a job or a command that belongs to no request.
   *
   * @example
   * const { queries } = await queryLog.record(() => reports.build());
   */
  async record<T>(fn: () => T | Promise<T>): Promise<{ result: T; queries: RequestQueries }> {
    const queries = new RequestQueries(this.#limit);
    const result = await this.#recorded.run(queries, async () => await fn());
    return { result, queries };
  }

  /** Tells a listener of what happens from now on, until it is disposed of. */
  subscribe(listener: QueryLogListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Begins to watch a database. */
  watch(database: Database): void {
    this.#observing.push(
      database.observe({
        needsCallSite: true,
        statement: (event) => this.#hear(event),
        flow: () => this.#recorded.getStore(),
      }),
    );
  }

  /** Stops to watch. */
  close(): void {
    for (const observing of this.#observing.splice(0)) observing[Symbol.dispose]();
  }

  #of(context: RequestContext): RequestQueries {
    return context.getOrCreate(this.#slot, () => new RequestQueries(this.#limit));
  }

  #hear(event: StatementEvent): void {
    const queries = this.current;
    if (!queries) return;
    const repeated = queries.add(event);
    for (const listener of this.#listeners) listener.statement?.(event, queries);
    if (repeated.statements.length !== this.#warnAfter || event.writes.size > 0) return;
    for (const listener of this.#listeners) listener.repeated?.(repeated, queries);
  }
}
