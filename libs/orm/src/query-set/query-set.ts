import {
  FieldDoesNotExistError,
  InvalidQueryError,
  InvalidValueError,
  NotSupportedError,
} from '../errors.js';
import { Aggregate } from '../expressions/aggregate.js';
import { Expression, operandOf } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import type { ModelName } from '../metadata/register.js';
import type { ModelMetadata } from '../metadata/schema.js';
import { isSliced } from '../query/slice.js';
import type { StateHolder } from '../query/prefetch.js';
import { initialState, type LockOptions, type QueryState } from '../query/state.js';
import { findField, scalarFields } from '../query/names.js';
import type { FilterOrExpression } from './filter.js';
import { containsAggregate } from './contains-aggregate.js';
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
  AnnotationValues,
  OrderArgument,
  PayloadOf,
  RowOf,
  ValidAnnotations,
  ValidPath,
} from './types.js';

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
    return this.with({ isNone: true });
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
  ): QuerySet<M, T & AnnotationValues<PayloadOf<M>, E, A>, A & AnnotationValues<PayloadOf<M>, E, A>> &
    Extra<this>;
  annotate(
    ...expressions: Aggregate[]
  ): QuerySet<M, T & Record<string, unknown>, A & Record<string, unknown>> & Extra<this>;
  annotate(...expressions: object[]): never {
    return this.#annotated(namedExpressions(expressions), false) as never;
  }

  /** Names expressions for conditions and orders, without adding them to the rows. Django: `alias`. */
  alias<const E extends Record<string, unknown>>(
    expressions: E & ValidAnnotations<PayloadOf<M>, E, A>,
  ): QuerySet<M, T, A & AnnotationValues<PayloadOf<M>, E, A>> & Extra<this> {
    return this.#annotated(namedExpressions([expressions]), true) as never;
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
    return this.with({ ordering: terms, isDefaultOrdering: false, isReversed: false });
  }

  /** Turns the order around. Django: `reverse`. */
  reverse(): this {
    this.#checkUnsliced('reverse');
    return this.with({ isReversed: !this.state.isReversed });
  }

  /** Drops rows that equal another one, or, on PostgreSQL, that equal another one in some fields. Django: `distinct`. */
  distinct<const P extends readonly string[]>(
    ...fields: { [K in keyof P]: ValidPath<PayloadOf<M>, P[K], A> }
  ): this {
    this.#checkUnsliced('distinct');
    return this.with({ distinct: fields.length > 0 ? fields : true });
  }

  /** Keeps the rows from `start` up to `end`, which is not included, of those that the query finds. Django: `[start:end]`. */
  slice(start: number, end?: number): this {
    if (start < 0 || (end !== undefined && end < 0))
      throw new InvalidValueError('slice() counts from the start; reverse the order to count from the end.');
    const from = this.state.start ?? 0;
    const limit = this.state.end;
    const to = end === undefined ? limit : limit === undefined ? from + end : Math.min(limit, from + end);
    const sliced = this.with({
      start: limit === undefined ? from + start : Math.min(limit, from + start),
      end: to,
    });
    return this.known ? sliced.preset(this.known.slice(start, end)) : sliced;
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
    return this.#selecting(names, 'object') as never;
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
    return this.#selecting(names as never, isFlat ? 'flat' : 'list') as never;
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
    return this.with({ related: relatedTree(paths, this.state, schema) }) as never;
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
    return this.with({ prefetches }) as never;
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
    return this.#merged('and', other);
  }

  /** Rows that meet the conditions of either query. Django: `|`. */
  or(other: StateHolder): this {
    return this.#merged('or', other);
  }

  /** Locks the rows until the transaction ends. Django: `select_for_update`. */
  selectForUpdate(options: LockOptions = {}): this {
    return this.with({ lock: options });
  }

  protected override with(changes: Partial<QueryState>): this {
    const Class = this.constructor as new (...args: ConstructorParameters<typeof QuerySet>) => this;
    return new Class(this.context, { ...this.state, ...changes });
  }

  #combined(
    operator: 'union' | 'intersect' | 'except',
    others: readonly (StateHolder | { all: boolean })[],
  ): this {
    const holders = others.filter((other): other is StateHolder => 'state' in other);
    const all = others.some((other) => 'all' in other && !('state' in other) && other.all);
    const states = [this.state, ...holders.map((other) => other.state)];
    return this.with({
      ...initialState(this.state.model),
      selection: this.state.selection,
      annotations: this.state.annotations,
      related: undefined,
      combination: { operator, all, states },
      ordering: undefined,
      isDefaultOrdering: false,
      conditions: [],
      isNone: false,
      start: undefined,
      end: undefined,
      distinct: undefined,
      grouping: undefined,
      lock: undefined,
      isReversed: false,
    });
  }

  #merged(connector: 'and' | 'or', { state: other }: StateHolder): this {
    const { state } = this;
    if (state.model !== other.model)
      throw new InvalidQueryError(`${connector}() combines queries for one model.`);
    if (isSliced(state) || isSliced(other))
      throw new InvalidQueryError(`${connector}() cannot follow slice().`);
    if (Boolean(state.distinct) !== Boolean(other.distinct)) {
      throw new InvalidQueryError(`${connector}() cannot combine distinct rows with others.`);
    }
    if (state.isNone || other.isNone) {
      const isEmpty = connector === 'and' || (state.isNone && other.isNone);
      return isEmpty ? this.with({ isNone: true }) : this.with({ ...(state.isNone ? other : state) });
    }
    if (connector === 'and') return this.with({ conditions: [...state.conditions, ...other.conditions] });
    const either = new QExpression(state.conditions).or(new QExpression(other.conditions));
    const isAll = state.conditions.length === 0 || other.conditions.length === 0;
    return this.with({ conditions: isAll ? [] : [either] });
  }

  #where(condition: QExpression): this {
    if (condition.isEmpty) return this.all();
    this.#checkUnsliced('filter');
    return this.with({ conditions: [...this.state.conditions, condition] });
  }

  #annotated(expressions: ReadonlyMap<string, Expression>, isHidden: boolean): this {
    const { state } = this;
    const model = this.context.database.schema.models[state.model]!;
    const annotations = new Map(state.annotations);
    let { grouping, selection } = state;
    for (const [name, expression] of expressions) {
      checkNewName('annotate', name, model);
      const isAggregate = containsAggregate(expression, annotations);
      const isGrouped = isAggregate && selection.kind === 'values';
      if (isGrouped && selection.kind === 'values') {
        grouping ??= selection.names.filter((other) => annotations.get(other)?.isGrouped !== true);
      }
      annotations.set(name, { expression, isGrouped: isGrouped || (grouping !== undefined && isAggregate) });
      if (selection.kind === 'model') {
        const hidden = new Set(selection.hidden);
        if (isHidden) hidden.add(name);
        else hidden.delete(name);
        selection = { ...selection, hidden };
      } else if (!isHidden && !selection.names.includes(name)) {
        selection = { ...selection, names: [...selection.names, name] };
      }
    }
    return this.with({ annotations, selection, grouping });
  }

  #selecting(
    names: readonly (string | Expression | Record<string, Expression>)[],
    form: 'object' | 'list' | 'flat',
  ): this {
    const model = this.context.database.schema.models[this.state.model]!;
    const annotations = new Map(this.state.annotations);
    const selectedNames: string[] = [];
    const add = (name: string, expression: Expression): void => {
      checkNewName('values', name, model);
      annotations.set(name, {
        expression,
        isGrouped: this.state.grouping !== undefined && containsAggregate(expression, annotations),
      });
      selectedNames.push(name);
    };
    for (const name of names) {
      if (typeof name === 'string') selectedNames.push(name);
      else if (name instanceof Expression) add(name.defaultAlias ?? `value${selectedNames.length + 1}`, name);
      else for (const [alias, expression] of Object.entries(name)) add(alias, operandOf(expression));
    }
    const hidden = this.state.selection.kind === 'model' ? this.state.selection.hidden : undefined;
    const every = [
      ...scalarFields(model).map((field) => field.name),
      ...[...annotations.keys()].filter((name) => !hidden?.has(name)),
    ];
    const isGroupedAlready = this.state.grouping !== undefined;
    const own = selectedNames.length > 0 ? selectedNames : every;
    return this.with({
      annotations,
      selection: { kind: 'values', form, names: own },
      ...(isGroupedAlready && { grouping: this.state.grouping }),
    });
  }

  #loading(kind: 'only' | 'defer', fields: readonly (string | null)[]): this {
    const { selection } = this.state;
    if (selection.kind === 'values') throw new InvalidQueryError(`${kind}() cannot follow values().`);
    if (fields[0] === null)
      return this.with({ selection: { ...selection, only: undefined, defer: undefined } });
    const given = new Set(fields as readonly string[]);
    this.#checkFields(given);
    if (kind === 'only') return this.with({ selection: { ...selection, only: given } });
    const only = selection.only && new Set([...selection.only].filter((name) => !given.has(name)));
    return this.with({
      selection: { ...selection, only, defer: new Set([...(selection.defer ?? []), ...given]) },
    });
  }

  /** Refuses fields that are not there, and those that are of a model whose rows do not come along. */
  #checkFields(paths: ReadonlySet<string>): void {
    const { schema } = this.context.database;
    for (const path of paths) {
      let model = this.model;
      for (const name of path.split('.')) {
        const field = findField(model, name);
        if (!field) throw FieldDoesNotExistError.unknown(name, model.name, Object.keys(model.fields));
        if (field.kind === 'relation') model = schema.models[field.model]!;
      }
    }
  }

  #checkUnsliced(method: string): void {
    if (this.state.combination && method !== 'orderBy')
      throw new NotSupportedError(`${method}() cannot follow ${this.state.combination.operator}().`);
    if (isSliced(this.state)) throw new InvalidQueryError(`${method}() cannot follow slice().`);
  }
}

/** Refuses a name for an expression that means something else already. */
function checkNewName(method: string, name: string, model: ModelMetadata): void {
  if (findField(model, name)) {
    throw new InvalidValueError(`${method}() cannot use the name "${name}": it is a field of ${model.name}.`);
  }
  if (name.includes('.') || name.startsWith('-') || name === '__proto__') {
    throw new InvalidValueError(
      `${method}() cannot use the name "${name}": names have no dots, and no minus in front.`,
    );
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
