import { InvalidQueryError, InvalidValueError, NotSupportedError } from '../errors.js';
import type { Aggregate } from '../expressions/aggregate.js';
import { Expression } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import type { ModelName } from '../metadata/register.js';
import { isSliced } from '../query/slice.js';
import type { StateHolder } from '../query/prefetch.js';
import type { LockOptions, QueryState } from '../query/state.js';
import { annotated, selecting, type ValuesTerm, withRelations } from './annotated.js';
import { combined, merged } from './combined.js';
import type { FilterOrExpression } from './filter.js';
import { loading } from './loading.js';
import { type PrefetchArgument, prefetchOf } from './prefetch-argument.js';
import { namedExpressions } from './named-expressions.js';
import { Writing } from './writing.js';
import { relatedTree } from './related-tree.js';
import type {
  Extra,
  KeyPart,
  ListItem,
  NamedValues,
  PrefetchedRows,
  RelatedRows,
  ValuesArgument,
  ValuesRow,
} from './rows.js';
import type {
  AnnotatedRow,
  AnnotationValues,
  OrderArgument,
  PayloadOf,
  RowOf,
  ValidAnnotations,
  ValidPath,
} from './types.js';
import { knownRows, presetRows, withChanges, withState } from './internals.js';

/**
 * A query that is put together step by step and sent when it is awaited: immutable, so that each step gives a new
 * one and any of them can be kept. Django: `QuerySet`.
 *
 * @example
 * const cheap = books.filter({ price: { lt: 10 } });
 * await cheap.orderBy('-rating').slice(0, 5);
 */
export class QuerySet<M extends ModelName = ModelName, T = RowOf<M>, A = object> extends Writing<M, T, A> {
  /** A query that finds nothing and sends nothing. Django: `none`. */
  none(): this {
    return this[withChanges]({ isNone: true });
  }

  /**
   * Keeps rows that meet all of the conditions. Django: `filter`.
   *
   * Takes what Prisma's `where` takes, with the same meaning, and more; a condition on a to-many relation never
   * multiplies rows.
   *
   * @example
   * orders.filter({ totalPrice: { gt: F('discountedPrice') }, customer: { name: { startsWith: 'A' } } })
   */
  override filter(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): this {
    return this.#where(new QExpression(conditions));
  }

  /** Drops rows that meet all of the conditions; a null meets none of them. Django: `exclude`. */
  exclude(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): this {
    return this.#where(new QExpression(conditions).not());
  }

  /**
   * Adds computed values to each row. After `values()`, aggregates group the rows by those. Django: `annotate`.
   *
   * @example
   * publishers.annotate({ books: Count('books'), best: Max('books.rating') })
   */
  annotate<const E extends Record<string, unknown>>(
    expressions: E & ValidAnnotations<PayloadOf<M>, E, A>,
  ): QuerySet<M, T & AnnotatedRow<PayloadOf<M>, E, A>, A & AnnotationValues<PayloadOf<M>, E, A>> &
    Extra<this>;
  annotate(
    ...expressions: Aggregate[]
  ): QuerySet<M, T & Record<string, unknown>, A & Record<string, unknown>> & Extra<this>;
  annotate(...given: object[]): never {
    return this.#naming(given, false) as never;
  }

  /** Names expressions for conditions and orders, without adding them to the rows. Django: `alias`. */
  alias<const E extends Record<string, unknown>>(
    expressions: E & ValidAnnotations<PayloadOf<M>, E, A>,
  ): QuerySet<M, T, A & AnnotationValues<PayloadOf<M>, E, A>> & Extra<this> {
    return this.#naming([expressions], true) as never;
  }

  /**
   * Orders the rows; a minus means descending, `'?'` a random order, no arguments none at all. Django: `order_by`.
   *
   * @example
   * books.orderBy('-rating', 'publisher.name', F('pubdate').desc({ nulls: 'last' }))
   */
  orderBy<const O extends readonly (string | object)[]>(
    ...terms: { [K in keyof O]: OrderArgument<PayloadOf<M>, O[K], A> }
  ): this {
    this.#checkUnsliced('orderBy');
    return this[withChanges]({ ordering: terms, isDefaultOrdering: false, isReversed: false });
  }

  /** Turns the order around. Django: `reverse`. */
  reverse(): this {
    this.#checkUnsliced('reverse');
    return this[withChanges]({ isReversed: !this.state.isReversed });
  }

  /** Drops rows that equal another one, or, on PostgreSQL, that equal another one in some fields. Django: `distinct`. */
  distinct<const P extends readonly string[]>(
    ...fields: { [K in keyof P]: ValidPath<PayloadOf<M>, P[K], A> }
  ): this {
    this.#checkUnsliced('distinct');
    return this[withChanges]({ distinct: fields.length > 0 ? fields : true });
  }

  /** Keeps the rows from `start` up to `end`, which is not included, of those that the query finds. Django: `[start:end]`. */
  slice(start: number, end?: number): this {
    if (start < 0 || (end !== undefined && end < 0))
      throw new InvalidValueError('slice() counts from the start; reverse the order to count from the end.');
    const from = this.state.start ?? 0;
    const limit = this.state.end;
    const to = end === undefined ? limit : limit === undefined ? from + end : Math.min(limit, from + end);
    const sliced = this[withChanges]({
      start: limit === undefined ? from + start : Math.min(limit, from + start),
      end: to,
    });
    return this[knownRows] ? sliced[presetRows](this[knownRows].slice(start, end)) : sliced;
  }

  /**
   * Gives objects of named values instead of rows. Django: `values`.
   *
   * @example
   * orders.values('status').annotate({ number: Count(), total: Sum('totalPrice') })
   */
  values<const P extends readonly (string | Record<string, Expression>)[]>(
    ...names: { [K in keyof P]: ValuesArgument<M, P[K], A> }
  ): QuerySet<M, ValuesRow<M, P, T, A>, A & NamedValues<M, P[number], A>> & Extra<this> {
    return this[withChanges](selecting(this.state, this.model, names, 'object')) as never;
  }

  /** Gives lists of values instead of rows, or with `flat` the values of one name. Django: `values_list`. */
  valuesList<const P extends string | Expression>(
    name: P & ValuesArgument<M, P, A>,
    options: { flat: true },
  ): QuerySet<M, ListItem<M, P, A>, A> & Extra<this>;
  valuesList<const P extends readonly (string | Expression)[]>(
    ...names: { [K in keyof P]: ValuesArgument<M, P[K], A> }
  ): QuerySet<M, { [K in keyof P]: ListItem<M, P[K], A> }, A> & Extra<this>;
  valuesList(...args: unknown[]): never {
    const last = args.at(-1);
    const isFlat = isFlatOption(last);
    const names = isFlat ? args.slice(0, -1) : args;
    if (isFlat && names.length !== 1) throw new InvalidQueryError('valuesList() takes one name with flat.');
    const form = isFlat ? 'flat' : 'list';
    return this[withChanges](selecting(this.state, this.model, names as ValuesTerm[], form)) as never;
  }

  /** Loads only some fields, and the key; the type of the rows knows no others. Django: `only`. */
  only<const P extends readonly string[]>(
    ...fields: { [K in keyof P]: ValidPath<PayloadOf<M>, P[K]> }
  ): QuerySet<M, Pick<T, P[number] & keyof T> & KeyPart<M>, A> & Extra<this> {
    return this.#loading('only', fields) as never;
  }

  /** Loads all fields but some; the type of the rows does not know those. Django: `defer`. */
  defer<const P extends readonly string[]>(
    ...fields: { [K in keyof P]: ValidPath<PayloadOf<M>, P[K]> }
  ): QuerySet<M, Omit<T, P[number]>, A> & Extra<this> {
    return this.#loading('defer', fields);
  }

  /**
   * Brings the rows of to-one relations along, by joins. Django: `select_related`.
   *
   * @example
   * items.selectRelated('book.publisher', 'order')
   */
  selectRelated<const P extends readonly string[]>(
    ...paths: { [K in keyof P]: ValidPath<PayloadOf<M>, P[K]> }
  ): QuerySet<M, T & RelatedRows<M, P[number]>, A> & Extra<this> {
    if (this.state.selection.kind === 'values')
      throw new InvalidQueryError('selectRelated() cannot follow values().');
    const { schema } = this.context.database;
    return this[withChanges]({ related: relatedTree(paths, this.state, schema) }) as never;
  }

  /**
   * Loads related rows, each relation by a statement of its own. Django: `prefetch_related`.
   *
   * @example
   * publishers.prefetchRelated('books.authors', Prefetch('books', { queryset: books.filter({ rating: { gte: 4 } }), toAttr: 'good' }))
   */
  prefetchRelated<const P extends readonly PrefetchArgument[]>(
    ...paths: P | [null]
  ): QuerySet<M, T & PrefetchedRows<M, P[number]>, A> & Extra<this> {
    const prefetches = paths[0] === null ? [] : [...this.state.prefetches, ...(paths as P).map(prefetchOf)];
    return this[withChanges]({ prefetches }) as never;
  }

  /** Rows that this query or others find, each once or with `all` as often as they do. Django: `union`. */
  union(...others: (StateHolder | { all: boolean })[]): this {
    return this.#combined('union', others);
  }

  /** Rows that this query and all of the others find. Django: `intersection`. */
  intersection(...others: StateHolder[]): this {
    return this.#combined('intersect', others);
  }

  /** Rows that this query finds and none of the others. Django: `difference`. */
  difference(...others: StateHolder[]): this {
    return this.#combined('except', others);
  }

  /** Rows that meet the conditions of both queries. Django: `&`. */
  and(other: StateHolder): this {
    return this[withChanges](merged('and', this.state, other.state));
  }

  /** Rows that meet the conditions of either query. Django: `|`. */
  or(other: StateHolder): this {
    return this[withChanges](merged('or', this.state, other.state));
  }

  /** Rows that meet the conditions of one of the queries and not of the other. Django: `^`. */
  xor(other: StateHolder): this {
    return this[withChanges](merged('xor', this.state, other.state));
  }

  /** Locks the rows until the transaction ends. Django: `select_for_update`. */
  selectForUpdate(options: LockOptions = {}): this {
    return this[withChanges]({ lock: options });
  }

  /**
   * Sends the query to another database of the application, by its alias. Django: `using`.
   *
   * @example
   * await orders.using('replica').filter({ status: 'paid' }).count()
   */
  using(alias: string): this {
    const { databases } = this.context;
    if (!databases) {
      throw new InvalidQueryError('using() needs a QuerySet of a manager, which knows the databases.');
    }
    return this[withState](this.state, { ...this.context, database: databases.get(alias) });
  }

  protected override [withChanges](changes: Partial<QueryState>): this {
    return this[withState]({ ...this.state, ...changes });
  }

  /** A QuerySet of the same class for another state. */
  protected [withState](state: QueryState, context = this.context): this {
    const Class = this.constructor as new (...args: ConstructorParameters<typeof QuerySet>) => this;
    return new Class(context, state);
  }

  #combined(
    operator: 'union' | 'intersect' | 'except',
    others: readonly (StateHolder | { all: boolean })[],
  ): this {
    const holders = others.filter((other): other is StateHolder => 'state' in other);
    const all = others.some((other) => 'all' in other && !('state' in other) && other.all);
    return this[withState](combined(operator, all, [this.state, ...holders.map((other) => other.state)]));
  }

  #where(condition: QExpression): this {
    if (condition.isEmpty) return this.all();
    this.#checkUnsliced('filter');
    return this[withChanges]({ conditions: [...this.state.conditions, condition] });
  }

  #naming(given: readonly object[], isHidden: boolean): this {
    const { relations, expressions } = namedExpressions(given);
    const state = { ...this.state, relations: withRelations(this.state, relations, this.model) };
    return this[withState]({ ...state, ...annotated(state, this.model, expressions, { isHidden }) });
  }

  #loading(kind: 'only' | 'defer', fields: readonly (string | null)[]): this {
    const { schema } = this.context.database;
    return this[withChanges]({ selection: loading(kind, fields, this.state.selection, this.model, schema) });
  }

  #checkUnsliced(method: string): void {
    if (this.state.combination && method !== 'orderBy')
      throw new NotSupportedError(`${method}() cannot follow ${this.state.combination.operator}().`);
    if (isSliced(this.state)) throw new InvalidQueryError(`${method}() cannot follow slice().`);
  }
}

function isFlatOption(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Expression) &&
    (value as { flat?: unknown }).flat === true
  );
}
