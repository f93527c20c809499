import {
  DoesNotExistError,
  FieldError,
  Http404Error,
  InvalidQueryError,
  InvalidValueError,
  NotSupportedError,
} from '../errors.js';
import type { Aggregate } from '../expressions/aggregate.js';
import { Trunc, type TruncOptions } from '../expressions/date-functions.js';
import type { Expression } from '../expressions/expression.js';
import type { SqlFragment } from '../expressions/raw-sql.js';
import type { ModelName } from '../metadata/register.js';
import type { ModelMetadata } from '../metadata/schema.js';
import { isSliced } from '../query/slice.js';
import { loadPrefetches } from '../query/load-prefetches.js';
import { findField, keyFields } from '../query/names.js';
import { rowChunks } from '../query/row-chunks.js';
import type { TruncUnit } from '../query/sql-dialect.js';
import type { QueryState } from '../query/state.js';
import { fieldType } from '../query/value-type.js';
import { containsAggregate } from './contains-aggregate.js';
import type { FilterOrExpression } from './filter.js';
import { namedExpressions } from './named-expressions.js';
import { type RawOptions, rawRows, rawStatement } from './raw.js';
import { Reading } from './reading.js';
import type { AnnotationValues, PayloadOf, RowOf, ValidExpression } from './types.js';
import { aggregated, knownRows, oneRow, withChanges } from './internals.js';

const dateUnits: readonly TruncUnit[] = ['year', 'quarter', 'month', 'week', 'day'];

/** The part of a QuerySet that finds certain rows and values. */
export abstract class Finding<M extends ModelName, T, A> extends Reading<T> {
  abstract filter(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): this;

  /** The model that the query is for. */
  get model(): ModelMetadata {
    return this.context.database.schema.models[this.state.model]!;
  }

  /** Whether the rows come in an order that was asked for. Django: `ordered`. */
  get isOrdered(): boolean {
    if (this.state.isNone) return true;
    const { ordering, isDefaultOrdering, grouping } = this.state;
    return (ordering?.length ?? 0) > 0 && !(isDefaultOrdering && grouping !== undefined);
  }

  /** The one row that meets the conditions. Django: `get`. */
  async get(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): Promise<T> {
    if (this.state.combination && conditions.length > 0) {
      throw new NotSupportedError(
        `get() with conditions cannot follow ${this.state.combination.operator}().`,
      );
    }
    return (conditions.length > 0 ? this.filter(...conditions) : this)[oneRow]();
  }

  /** The one row, or an error that answers a request with 404. Django: `get_object_or_404`. */
  async getOr404(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): Promise<T> {
    try {
      return await this.get(...conditions);
    } catch (error) {
      throw error instanceof DoesNotExistError ? new Http404Error(error.model) : error;
    }
  }

  /** The rows, or an error that answers a request with 404 where there are none. Django: `get_list_or_404`. */
  async getListOr404(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): Promise<T[]> {
    const rows = await (conditions.length > 0 ? this.filter(...conditions) : this);
    if (rows.length === 0) throw new Http404Error(this.state.model);
    return rows;
  }

  /** The row that comes first by some fields, or by those that the manager is made with. Django: `earliest`. */
  earliest<const P extends readonly string[]>(...fields: P): Promise<T> {
    return this.#extreme(fields, false);
  }

  /** The row that comes last by some fields, or by those that the manager is made with. Django: `latest`. */
  latest<const P extends readonly string[]>(...fields: P): Promise<T> {
    return this.#extreme(fields, true);
  }

  /**
   * The row that comes after another one by a field, and by the key where that is the same. Django: `get_next_by_FOO`.
   *
   * @example
   * await orders.filter({ status: 'paid' }).getNextBy('placedAt', order)
   *
   * @throws DoesNotExistError where the row is the last one.
   */
  getNextBy(field: Extract<keyof RowOf<M>, string>, row: Partial<RowOf<M>>): Promise<T> {
    return this.#neighbour(field, row, 'gt');
  }

  /** The row that comes before another one by a field. Django: `get_previous_by_FOO`. */
  getPreviousBy(field: Extract<keyof RowOf<M>, string>, row: Partial<RowOf<M>>): Promise<T> {
    return this.#neighbour(field, row, 'lt');
  }

  /** Whether a row is among those that the query finds. Django: `contains`. */
  async contains(row: Partial<T> & object): Promise<boolean> {
    if (this.state.selection.kind === 'values')
      throw new InvalidQueryError('contains() cannot follow values().');
    const keys = keyFields(this.model).map((field) => field.name);
    if (typeof row !== 'object' || row === null) throw new InvalidQueryError('contains() takes a row.');
    const values = keys.map((name) => (row as Record<string, unknown>)[name] ?? null);
    if (values.includes(null)) throw new InvalidValueError('contains() takes a row that is in the database.');
    const known = this[knownRows];
    if (known)
      return known.some((other) => keys.every((name, index) => (other as never)[name] === values[index]));
    if (this.state.combination || isSliced(this.state)) {
      return (await this.all()).some((other) =>
        keys.every((name, index) => (other as never)[name] === values[index]),
      );
    }
    return this.filter(
      Object.fromEntries(keys.map((name, index) => [name, values[index]])) as never,
    ).exists();
  }

  /** Rows by their key, or by another unique field. Django: `in_bulk`. */
  async inBulk<K = unknown>(
    keys?: Iterable<K>,
    { fieldName = 'pk' }: { fieldName?: string } = {},
  ): Promise<Map<K, T>> {
    if (isSliced(this.state)) throw new InvalidQueryError('inBulk() cannot follow slice().');
    const field = findField(this.model, fieldName);
    const isUnique =
      field !== undefined &&
      ([...this.model.uniques, this.model.primaryKey].some(
        (names) => names.length === 1 && names[0] === field.name,
      ) ||
        (this.state.distinct as readonly string[] | undefined)?.[0] === fieldName);
    if (!isUnique)
      throw new InvalidValueError(
        `inBulk() takes a unique field, and "${fieldName}" is none of ${this.model.name}.`,
      );
    const wanted = keys === undefined ? undefined : [...keys];
    if (wanted?.length === 0) return new Map();
    const query = wanted ? this.filter({ [fieldName]: { in: wanted } } as never) : this;
    const rows = await query;
    return new Map(rows.map((row) => [(row as never)[field.name] as K, row]));
  }

  /** The days, weeks, months, … that a date field of the rows falls in, each once. Django: `dates`. */
  async dates(
    field: string,
    unit: 'year' | 'quarter' | 'month' | 'week' | 'day',
    order: 'asc' | 'desc' = 'asc',
  ): Promise<Date[]> {
    if (!dateUnits.includes(unit))
      throw new InvalidValueError(
        `dates() takes year, quarter, month, week or day, not "${unit as string}".`,
      );
    return this.#truncated(field, unit, order, { as: 'Date' });
  }

  /** The hours, days, months, … that a moment of the rows falls in, each once. Django: `datetimes`. */
  async datetimes(
    field: string,
    unit: TruncUnit,
    order: 'asc' | 'desc' = 'asc',
    options: { timeZone?: string } = {},
  ): Promise<Date[]> {
    return this.#truncated(field, unit, order, options);
  }

  /**
   * Goes through the rows without keeping them, however many there are: on PostgreSQL by a cursor, on SQLite key by key
   * where the query has no order of its own. Relations to prefetch are loaded chunk by chunk. Django: `iterator`.
   */
  async *iterator({ chunkSize }: { chunkSize?: number } = {}): AsyncGenerator<T, void, undefined> {
    const { prefetches } = this.state;
    if (prefetches.length > 0 && chunkSize === undefined) {
      throw new InvalidValueError('iterator() takes a chunkSize where relations are prefetched.');
    }
    if (chunkSize !== undefined && !(chunkSize >= 1))
      throw new InvalidValueError('iterator() takes a chunkSize from 1 on.');
    for await (const chunk of rowChunks(this.state, this.context.database, chunkSize ?? 2000)) {
      await loadPrefetches(chunk as Record<string, unknown>[], this.model, prefetches, this.context.database);
      yield* chunk as T[];
    }
  }

  /**
   * Computes values over all rows. Django: `aggregate`.
   *
   * @example
   * await orders.aggregate({ total: Sum('totalPrice'), paid: Count('*', { filter: { status: 'paid' } }) })
   */
  async aggregate<const E extends Record<string, Expression>>(
    expressions: E & { [Name in keyof E]: ValidExpression<PayloadOf<M>, E[Name], A> },
    ...positional: Aggregate[]
  ): Promise<AnnotationValues<PayloadOf<M>, E, A>> {
    const { expressions: named } = namedExpressions([expressions, ...positional]);
    for (const [name, expression] of named) {
      if (!containsAggregate(expression, this.state.annotations)) {
        throw new InvalidQueryError(`"${name}" is no aggregate.`);
      }
    }
    return (await this[aggregated](named)) as never;
  }

  /**
   * Reads rows of the model by a statement of your own, whose values are bound. Django: `raw`.
   *
   * @example
   * await books.raw('SELECT * FROM shop_book WHERE pages > $1', [300])
   * await books.raw(sql`SELECT * FROM shop_book WHERE pages > ${300}`)
   */
  raw(
    sql: string,
    parameters?: readonly unknown[],
    options?: RawOptions,
  ): Promise<(T & Record<string, unknown>)[]>;
  raw(sql: SqlFragment, options?: RawOptions): Promise<(T & Record<string, unknown>)[]>;
  raw(
    sql: string | SqlFragment,
    ...[given, last]: [given?: readonly unknown[] | RawOptions, last?: RawOptions]
  ): Promise<(T & Record<string, unknown>)[]> {
    const { database } = this.context;
    const isText = typeof sql === 'string';
    const statement = rawStatement(database, sql, (isText && (given as readonly unknown[])) || []);
    const options = (isText ? last : (given as RawOptions)) ?? {};
    return rawRows(database, this.state.model, statement, options) as never;
  }

  /** The same query, not yet read. Django: `all`. */
  all(): this {
    return this[withChanges]({});
  }

  protected abstract override [withChanges](changes: Partial<QueryState>): this;

  async #neighbour(field: string, row: object, comparison: 'gt' | 'lt'): Promise<T> {
    const names = [field, ...this.model.primaryKey];
    const values = names.map((name) => (row as Record<string, unknown>)[name] ?? null);
    if (values.includes(null)) {
      throw new InvalidValueError(
        `A row of ${this.model.name} needs "${names.join('", "')}" to have neighbours.`,
      );
    }
    // One branch for each name: the ones before it are the same, and it is beyond.
    const branches = names.map((name, index) => ({
      ...Object.fromEntries(names.slice(0, index).map((same, place) => [same, values[place]])),
      [name]: { [comparison]: values[index] },
    }));
    const ordering = names.map((name) => (comparison === 'gt' ? name : `-${name}`));
    const query = this.filter({ OR: branches } as never);
    const found = await query[withChanges]({ ordering, isDefaultOrdering: false, isReversed: false }).first();
    if (!found) throw new DoesNotExistError(this.model.name);
    return found;
  }

  #extreme(fields: readonly string[], isReversed: boolean): Promise<T> {
    if (isSliced(this.state)) throw new InvalidQueryError('earliest() and latest() cannot follow slice().');
    const by = fields.length > 0 ? fields : [this.context.latestBy ?? []].flat();
    if (by.length === 0) throw new InvalidValueError('earliest() and latest() take the fields to go by.');
    return this[withChanges]({ ordering: by, isDefaultOrdering: false, isReversed, end: 1 })[oneRow]();
  }

  async #truncated(
    path: string,
    unit: TruncUnit,
    order: 'asc' | 'desc',
    options: TruncOptions,
  ): Promise<Date[]> {
    const field = findField(this.model, path);
    if (!field) throw FieldError.unknown(path, this.model.name, Object.keys(this.model.fields));
    const kind = field.kind === 'scalar' ? fieldType(field).kind : undefined;
    if (kind !== 'Date' && kind !== 'DateTime')
      throw new InvalidQueryError(`"${path}" of ${this.model.name} is no date.`);
    const name = 'truncated';
    const annotations = new Map(this.state.annotations);
    annotations.set(name, { expression: Trunc(path, unit, options), isGrouped: false, after: 0 });
    const query = this.filter({ [path]: { isnull: false } } as never)[withChanges]({
      annotations,
      selection: { kind: 'values', names: [name], form: 'flat' },
      distinct: true,
      ordering: [order === 'desc' ? `-${name}` : name],
      isDefaultOrdering: false,
    });
    return (await query) as Date[];
  }
}
