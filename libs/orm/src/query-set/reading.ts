import type { Database } from '../database/database.js';
import { DoesNotExistError, InvalidQueryError, MultipleObjectsReturnedError } from '../errors.js';
import { Aggregate } from '../expressions/aggregate.js';
import { Expression } from '../expressions/expression.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import { compileSelect } from '../query/compiler.js';
import { isSliced } from '../query/slice.js';
import { statementFor } from '../query/execute.js';
import { readyAggregation, readyCount, readyExists, readySelect, rowsOf } from '../query/ready-select.js';
import { loadPrefetches, stepsOf } from '../query/load-prefetches.js';
import { keyFields } from '../query/names.js';
import type { ExplainOptions } from '../query/sql-dialect.js';
import type { QueryState } from '../query/state.js';
import type { RowValidation } from '../validation/row-validation.js';
import { aggregated, knownRows, oneRow, presetRows, withChanges } from './internals.js';

/** What a QuerySet works with beside its state. */
export interface QueryContext {
  readonly database: Database;
  /** The databases of the application, by alias, for `using()`. */
  readonly databases?: { get(alias: string): Database };
  /** What `earliest()` and `latest()` go by where they are not told. */
  readonly latestBy?: string | readonly string[];
  /** The relations of the model to itself that are written in both directions. */
  readonly symmetrical?: readonly string[];
  /** Looks at rows before they are written; absent where nobody asks for it. */
  readonly validation?: RowValidation;
}

/**
 * The reading half of a QuerySet: what sends its query.
 *
 * Nothing is sent before it is awaited, iterated or ended by a method such as `get()`; the rows are kept, so that a
 * second `await` of the same QuerySet sends nothing. `all()` gives one that has not been read.
 */
export abstract class Reading<T> implements PromiseLike<T[]>, AsyncIterable<T> {
  #rows: Promise<T[]> | undefined;
  #known: readonly T[] | undefined;

  constructor(
    readonly context: QueryContext,
    readonly state: QueryState,
  ) {}

  /** The rows, where they have been read. */
  protected get [knownRows](): readonly T[] | undefined {
    return this.#known;
  }

  /** Gives the query rows that are known already, such as a part of those of another one. */
  protected [presetRows](rows: readonly T[]): this {
    this.#known = rows;
    this.#rows = Promise.resolve([...rows]);
    return this;
  }

  /** The same query, with changes. */
  protected abstract [withChanges](changes: Partial<QueryState>): Reading<T>;

  // oxlint-disable-next-line unicorn/no-thenable -- a QuerySet is awaited
  then<R = T[], E = never>(
    onFulfilled?: ((rows: T[]) => R | PromiseLike<R>) | null,
    onRejected?: ((error: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#fetched().then(onFulfilled, onRejected);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    yield* await this.#fetched();
  }

  /** Makes the query a value or the right side of `in` of another query. */
  toExpression(): Expression {
    return new SubqueryExpression(this.state);
  }

  /** The statement that would be sent, and its parameters. */
  toSQL(): { sql: string; parameters: readonly unknown[] } {
    const statement = statementFor(this.context.database);
    return statement.dialect.compile(compileSelect(this.state, statement).node);
  }

  /**
   * How the database would find the rows, or with `analyze` has found them. Django: `explain`.
   *
   * @example
   * console.log(await books.filter({ pages: { gt: 300 } }).explain({ analyze: true }))
   */
  async explain(options: ExplainOptions = {}): Promise<string> {
    const { database } = this.context;
    const statement = statementFor(database);
    const prefix = statement.dialect.explain(options);
    const { sql, parameters } = statement.dialect.compile(compileSelect(this.state, statement).node);
    const { rows } = await database.query(prefix + sql, parameters);
    return rows.map((row) => lineOf(row.at(-1))).join('\n');
  }

  /** The number of rows. Django: `count`. */
  async count(): Promise<number> {
    if (this.#known) return this.#known.length;
    const { database } = this.context;
    const ready = readyCount(this.state, database);
    return ready.isEmpty ? 0 : ((await rowsOf(ready, database))[0] as number);
  }

  /** Whether there is any row. Django: `exists`. */
  async exists(): Promise<boolean> {
    if (this.#known) return this.#known.length > 0;
    const { database } = this.context;
    const ready = readyExists(this.state, database);
    return !ready.isEmpty && (await rowsOf(ready, database)).length > 0;
  }

  /** The first row in the query's order, by key where it has none; null without one. Django: `first`. */
  async first(): Promise<T | null> {
    return (await this.#ordered()[withChanges](firstOf(this.state)))[0] ?? null;
  }

  /** The last row in the query's order, by key where it has none; null without one. Django: `last`. */
  async last(): Promise<T | null> {
    if (isSliced(this.state))
      throw new InvalidQueryError('last() cannot follow slice(): reverse the order instead.');
    return (await this.#ordered()[withChanges]({ isReversed: !this.state.isReversed, end: 1 }))[0] ?? null;
  }

  /** The one row. Throws where there is none, or another one. */
  protected async [oneRow](): Promise<T> {
    const { start = 0, end } = this.state;
    const [row, other] = await this[withChanges]({
      end: end === undefined ? start + 2 : Math.min(end, start + 2),
    });
    if (row === undefined) throw new DoesNotExistError(this.state.model);
    if (other !== undefined) throw new MultipleObjectsReturnedError(this.state.model);
    return row;
  }

  protected async [aggregated](
    expressions: ReadonlyMap<string, Expression>,
  ): Promise<Record<string, unknown>> {
    if (expressions.size === 0) return {};
    const { database } = this.context;
    const ready = readyAggregation(this.state, expressions, database);
    if (ready.isEmpty && [...expressions.values()].every((expression) => expression instanceof Aggregate)) {
      return ofNoRows(expressions);
    }
    return (await rowsOf(ready, database))[0] as Record<string, unknown>;
  }

  #ordered(): Reading<T> {
    if (this.state.ordering?.length || this.state.grouping) return this;
    const keys = keyFields(this.context.database.schema.models[this.state.model]!);
    return this[withChanges]({ ordering: keys.map((field) => field.name) });
  }

  #fetched(): Promise<T[]> {
    this.#rows ??= this.#fetch().then(
      (rows) => {
        this.#known = rows;
        return rows;
      },
      (error: unknown) => {
        this.#rows = undefined;
        throw error;
      },
    );
    return this.#rows;
  }

  async #fetch(): Promise<T[]> {
    const { database } = this.context;
    const { model: name, prefetches } = this.state;
    const model = database.schema.models[name]!;
    if (prefetches.length > 0) stepsOf(prefetches, model);
    const select = readySelect(this.state, database);
    if (select.isEmpty) return [];
    const rows = (await rowsOf(select, database)) as T[];
    if (prefetches.length > 0)
      await loadPrefetches(rows as Record<string, unknown>[], model, prefetches, database);
    return rows;
  }
}

function firstOf({ start = 0, end }: QueryState): Partial<QueryState> {
  return { end: end === undefined ? start + 1 : Math.min(end, start + 1) };
}

function lineOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** What aggregates are of no rows, for which no statement is needed. */
function ofNoRows(expressions: ReadonlyMap<string, Expression>): Record<string, unknown> {
  const entries = [...expressions].map(([name, expression]) => {
    const { call, options } = expression as Aggregate;
    return [name, options.default ?? (call.name === 'count' ? 0 : null)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
