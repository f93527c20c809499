import { InvalidValueError, NotSupportedError } from '../errors.js';
import { Aggregate } from '../expressions/aggregate.js';
import { Expression, operandOf } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import type { ModelName } from '../metadata/register.js';
import { checkWritable, compileUpdate } from '../query/update.js';
import { statementFor, write } from '../query/execute.js';
import { isSliced } from '../query/compiler.js';
import type { LockOptions, QueryState } from '../query/state.js';
import { findField, scalarFields } from '../query/names.js';
import { createRow, type CreateOptions, getOrCreate } from './create-rows.js';
import type { Filter, FilterOrExpression } from './filter.js';
import { containsAggregate } from './contains-aggregate.js';
import { type PrefetchArgument, prefetchOf } from './prefetch-argument.js';
import { Reading } from './reading.js';
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
  ValidExpression,
  ValidPath,
} from './types.js';
import { deleteRows, type DeleteResult } from './delete-rows.js';

type Updates<M extends ModelName> = {
  [Name in keyof RowOf<M>]?:
    RowOf<M>[Name] | Expression | (RowOf<M>[Name] extends object ? string | number : never);
} & { [Name in keyof PayloadOf<M>['objects']]?: unknown };

/**
 * A query that is put together step by step and sent when it is awaited: immutable, so that each step gives a new
 * one and any of them can be kept. Django: `QuerySet`.
 *
 * @example
 * const cheap = books.filter({ price: { lt: 10 } });
 * await cheap.orderBy('-rating').slice(0, 5);
 */
export class QuerySet<M extends ModelName = ModelName, T = RowOf<M>, A = object> extends Reading<T> {
  /** The same query, not yet read. Django: `all`. */
  all(): this {
    return this.with({});
  }

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
  filter(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): this {
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
    return this.with({ start: limit === undefined ? from + start : Math.min(limit, from + start), end: to });
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
    if (isFlat && names.length !== 1) throw new TypeError('valuesList() takes one name with flat.');
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
      throw new TypeError('selectRelated() cannot follow values().');
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

  /** Locks the rows until the transaction ends. Django: `select_for_update`. */
  selectForUpdate(options: LockOptions = {}): this {
    return this.with({ lock: options });
  }

  /** The one row that meets the conditions. Django: `get`. */
  async get(...conditions: FilterOrExpression<PayloadOf<M>, A>[]): Promise<T> {
    return (conditions.length > 0 ? this.filter(...conditions) : this).one();
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
    const named = namedExpressions([expressions, ...positional]);
    for (const [name, expression] of named) {
      if (!containsAggregate(expression, this.state.annotations))
        throw new TypeError(`"${name}" is no aggregate.`);
    }
    return (await this.aggregated(named)) as never;
  }

  /** Creates a row through the Prisma client, so that its signals are sent. Django: `create`. */
  create(data: object): Promise<RowOf<M>> {
    return createRow(this.context.database, this.state.model, data) as Promise<RowOf<M>>;
  }

  /**
   * Finds the one row with the given values, or creates it with them and the defaults; also says whether it did. Two
   * that do so at once make one row where the values are unique. Django: `get_or_create`.
   *
   * @example
   * const [author, isNew] = await authors.getOrCreate({ email }, { defaults: { name, age } })
   */
  getOrCreate(
    values: Filter<PayloadOf<M>, A>,
    options: CreateOptions = {},
  ): Promise<[row: T, isCreated: boolean]> {
    return getOrCreate(
      () => this.filter(values).get(),
      values,
      options,
      this.state.model,
      this.context.database,
    );
  }

  /**
   * Writes values, which may be expressions, to all rows by one statement; returns their number. It sends no
   * signals. Django: `update`.
   *
   * @example
   * await books.filter({ pages: 0 }).update({ price: F('price').mul('0.9') })
   */
  async update(values: Updates<M>): Promise<number> {
    const { database } = this.context;
    const statement = statementFor(database);
    const { node, isEmpty } = compileUpdate(this.state, values, statement);
    return isEmpty ? 0 : write(database, statement.dialect, node);
  }

  /** Deletes the rows, and what `onDelete: Cascade` deletes with them; returns how many of each model. Django: `delete`. */
  async delete(): Promise<DeleteResult> {
    checkWritable(this.state, 'delete');
    if (this.state.selection.kind === 'values') throw new TypeError('delete() cannot follow values().');
    return deleteRows(
      this.with({ ordering: [], prefetches: [], related: undefined }).state,
      this.context.database,
    );
  }

  protected override with(changes: Partial<QueryState>): this {
    const Class = this.constructor as new (...args: ConstructorParameters<typeof QuerySet>) => this;
    return new Class(this.context, { ...this.state, ...changes });
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
      if (findField(model, name))
        throw new InvalidValueError(
          `annotate() cannot use the name "${name}": it is a field of ${model.name}.`,
        );
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
      if (findField(model, name))
        throw new InvalidValueError(
          `values() cannot use the name "${name}": it is a field of ${model.name}.`,
        );
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

  #loading(kind: 'only' | 'defer', fields: readonly string[]): this {
    const { selection } = this.state;
    if (selection.kind === 'values') throw new TypeError(`${kind}() cannot follow values().`);
    const given = new Set(fields);
    if (kind === 'only') return this.with({ selection: { ...selection, only: given } });
    const only = selection.only && new Set([...selection.only].filter((name) => !given.has(name)));
    return this.with({
      selection: { ...selection, only, defer: new Set([...(selection.defer ?? []), ...given]) },
    });
  }

  #checkUnsliced(method: string): void {
    if (this.state.combination && method !== 'orderBy')
      throw new NotSupportedError(`${method}() cannot follow ${this.state.combination.operator}().`);
    if (isSliced(this.state)) throw new TypeError(`${method}() cannot follow slice().`);
  }
}

/** Names what `annotate()` and `aggregate()` are given by objects, and positionally by its own name. */
function namedExpressions(given: readonly object[]): Map<string, Expression> {
  const named = new Map<string, Expression>();
  for (const item of given) {
    if (!(item instanceof Expression)) {
      for (const [name, value] of Object.entries(item))
        named.set(name, value instanceof Expression ? value : operandOf(value));
      continue;
    }
    const name = item.defaultAlias;
    if (name === undefined)
      throw new TypeError('An expression over more than a name needs a name of its own.');
    named.set(name, item);
  }
  return named;
}

function isFlatOption(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Expression) &&
    (value as { flat?: unknown }).flat === true
  );
}
