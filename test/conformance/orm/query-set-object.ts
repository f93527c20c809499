import * as orm from '@nest-quintet/orm';
import type { BinaryOperator } from '../python/syntax.js';
import {
  call,
  type Keywords,
  Namespace,
  native,
  PythonFunction,
  PythonSlice,
  raise,
  tuple,
  type Value,
} from '../python/index.js';
import { inPython } from './errors.js';
import { argumentOf, conditionsOf, ExpressionObject, filterArguments } from './expression-objects.js';
import { isDuration } from './expression-names.js';
import { camelCase, pathOf, pythonName } from './naming.js';
import { asText } from './values.js';
import { InstanceObject } from './instance-object.js';
import { recordedTables } from './state-diff.js';
import { DurationObject, fromOurs, namedOurs, toOurs, Wrapped } from './values.js';
import type { World } from './world.js';

// The program decides at run time what it calls, so that types can say nothing of it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyQuerySet = any;

type Method = (
  query: AnyQuerySet,
  args: readonly Value[],
  keywords: Keywords,
  self: QuerySetObject,
) => unknown;

/** A QuerySet, a manager or a related manager of the program. */
export class QuerySetObject extends Wrapped {
  readonly typeName = 'QuerySet';

  constructor(
    readonly world: World,
    readonly query: AnyQuerySet,
    /** The names that the program gave to `values()`. */
    readonly names: readonly string[] = [],
    /** Rows that are there without a query, because they were prefetched. */
    readonly known?: readonly Value[],
    /** Hears that the rows of a relation are about to change. */
    readonly changes?: () => void,
    /** Tells an instance that is among the rows of a relation whose relation that is. */
    readonly relate?: (instance: InstanceObject) => void,
  ) {
    super();
  }

  override unwrap(): unknown {
    return this.query;
  }

  override getAttribute(name: string): Value | undefined {
    const our = camelCase(name);
    if (relationMethods.includes(name) && typeof this.query[our] !== 'function') return undefined;
    const method = methods[name];
    if (name === 'ordered') return this.query.isOrdered as boolean;
    if (name === 'query') return new Namespace({ order_by: orderNames(this.query.state as orm.QueryState) });
    if (!method && typeof this.query[our] !== 'function') return undefined;
    return native(name, (args, keywords) => inPython(() => this.#call(name, args, keywords)));
  }

  override async iterate(): Promise<Value[]> {
    return this.rows();
  }

  override async length(): Promise<number> {
    return (await this.rows()).length;
  }

  override async isTrue(): Promise<boolean> {
    return (await this.rows()).length > 0;
  }

  override async contains(item: Value): Promise<boolean> {
    return (await this.rows()).some(
      (row) => row === item || (row instanceof InstanceObject && row.equals(item)),
    );
  }

  override async getItem(key: Value): Promise<Value> {
    return inPython(async () => {
      if (!(key instanceof PythonSlice)) return this.#at(Number(key));
      const start = Number(key.lower ?? 0);
      const end = key.upper === null ? undefined : Number(key.upper);
      if (this.known) return this.known.slice(start, end);
      const slice = this.#of(this.query.slice(start, end));
      if (key.step === null) return slice;
      return (await slice.rows()).filter((_, index) => index % Number(key.step) === 0);
    });
  }

  override binary(operator: BinaryOperator, other: Value, isReflected: boolean): Value | undefined {
    const method = ({ BitAnd: 'and', BitOr: 'or', BitXor: 'xor' } as const)[operator as 'BitAnd'];
    if (!method || isReflected || !(other instanceof QuerySetObject)) return undefined;
    return inPython(() => this.#of(this.query[method](other.query)));
  }

  async rows(): Promise<Value[]> {
    if (this.known) return [...this.known];
    const rows = await inPython(async () => (await this.query) as unknown[]);
    return rows.map((row) => this.row(row));
  }

  /** A row of the query as the program sees it. */
  row(row: unknown): Value {
    if (row === null || row === undefined) return null;
    const { selection, model, annotations } = this.query.state as orm.QueryState;
    if (selection.kind === 'model') {
      const added = [...annotations.keys()].filter((name) => !selection.hidden.has(name));
      const instance = this.world.instance(model, row as Record<string, unknown>, added);
      this.relate?.(instance);
      return instance;
    }
    const read = (name: string, value: unknown): Value =>
      typeof value === 'number' && isDuration(annotations.get(name)?.expression)
        ? new DurationObject(value)
        : fromOurs(value);
    const { names, form } = selection;
    if (form === 'flat') return read(names[0]!, row);
    if (form === 'list') return tuple((row as unknown[]).map((value, index) => read(names[index]!, value)));
    return new Map(Object.entries(row).map(([name, value]) => [pythonName(name), read(name, value)]));
  }

  async #at(index: number): Promise<Value> {
    if (this.known) return this.known[index] ?? raise('IndexError', 'list index out of range');
    const [row] = await this.#of(this.query.slice(index, index + 1)).rows();
    return row ?? raise('IndexError', 'list index out of range');
  }

  async #call(name: string, args: readonly Value[], keywords: Keywords): Promise<Value> {
    const known = this.known && (await this.#ofKnown(name, args, keywords));
    if (known !== undefined) return known;
    if (relationMethods.includes(name) || name === 'create') this.changes?.();
    const method =
      methods[name] ?? ((query: AnyQuerySet) => query[camelCase(name)](...args.map(toOurs)) as unknown);
    const result = method(this.query, args, keywords, this);
    // A QuerySet is thenable: awaiting it here would send its query.
    return result instanceof orm.QuerySet ? this.#of(result) : await result;
  }

  /** A further query for the same rows. */
  #of(query: AnyQuerySet): QuerySetObject {
    return new QuerySetObject(this.world, query, this.names, undefined, undefined, this.relate);
  }

  #ofKnown(name: string, args: readonly Value[], keywords: Keywords): Value | undefined {
    if (args.length > 0 || Object.keys(keywords).length > 0) return undefined;
    const of: Record<string, () => Value> = {
      all: () => this,
      count: () => this.known!.length,
      exists: () => this.known!.length > 0,
    };
    return of[name]?.();
  }
}

/** What a query is ordered by, as the program would write it. */
function orderNames({ ordering = [] }: orm.QueryState): Value[] {
  return ordering.map((term) => (typeof term === 'string' ? pythonName(term) : new ExpressionObject(term)));
}

const one =
  (name: string): Method =>
  async (query, args, keywords, self) =>
    self.row(await query[name](...filterArguments(args, keywords)));

const pathsOf = (args: readonly Value[]): (string | null)[] =>
  args.map((arg) => (arg === null ? null : pathOf(asText(arg))));

const namesOf = (keywords: Keywords): Record<string, unknown> =>
  Object.fromEntries(Object.entries(keywords).map(([name, value]) => [camelCase(name), toOurs(value)]));

/** Methods whose arguments need translating; the others take theirs as they are. */
const methods: Readonly<Record<string, Method>> = {
  filter: (query, args, keywords) => query.filter(...filterArguments(args, keywords)),
  exclude: (query, args, keywords) => query.exclude(...filterArguments(args, keywords)),
  get: one('get'),
  first: one('first'),
  last: one('last'),
  earliest: async (query, args, _, self) => self.row(await query.earliest(...pathsOf(args))),
  latest: async (query, args, _, self) => self.row(await query.latest(...pathsOf(args))),
  annotate: (query, args, keywords) => query.annotate(...args.map(toOurs), namesOf(keywords)),
  alias: (query, args, keywords) => query.alias(...args.map(toOurs), namesOf(keywords)),
  order_by: (query, args) =>
    query.orderBy(...args.map((arg) => (typeof arg === 'string' ? pathOf(arg) : toOurs(arg)))),
  distinct: (query, args) => query.distinct(...pathsOf(args)),
  values: (query, args, keywords) => {
    const expressions = namesOf(keywords);
    const names = args.map(argumentOrPath);
    return query.values(...names, ...(Object.keys(expressions).length > 0 ? [expressions] : []));
  },
  values_list: (query, args, { flat = false, named = false }, self) => {
    const names = args.map(argumentOrPath);
    if (flat && named) return raise('TypeError', "'flat' and 'named' can't be used together.");
    if (named) return new NamedRows(self.world, query.values(...names));
    return flat ? query.valuesList(...names, { flat: true }) : query.valuesList(...names);
  },
  only: (query, args) => query.only(...pathsOf(args)),
  defer: (query, args) => query.defer(...pathsOf(args)),
  select_related: (query, args) => query.selectRelated(...pathsOf(args)),
  prefetch_related: (query, args) =>
    query.prefetchRelated(...args.map((arg) => (typeof arg === 'string' ? pathOf(arg) : toOurs(arg)))),
  aggregate: async (query, args, keywords) => {
    const result = (await query.aggregate(namesOf(keywords), ...args.map(toOurs))) as object;
    return new Map(Object.entries(result).map(([name, value]) => [pythonName(name), fromOurs(value)]));
  },
  create: async (query, _, keywords, self) =>
    self.world.instance(query.state.model, await query.create(rowsOrValues(keywords))),
  get_or_create: (query, _, keywords, self) => orCreate('getOrCreate', query, keywords, self),
  update_or_create: (query, _, keywords, self) => orCreate('updateOrCreate', query, keywords, self),
  update: (query, _, keywords) =>
    query.update(
      Object.fromEntries(Object.entries(keywords).map(([name, value]) => [pathOf(name), toOurs(value)])),
    ),
  delete: async (query, _, __, self) => deletion(await query.delete(), self.world),
  dates: async (query, [field, unit, order = 'ASC']) =>
    fromOurs(await query.dates(pathOf(asText(field)), unit, order === 'DESC' ? 'desc' : 'asc')),
  datetimes: async (query, [field, unit, order = 'ASC']) =>
    fromOurs(await query.datetimes(pathOf(asText(field)), unit, order === 'DESC' ? 'desc' : 'asc')),
  contains: (query, [row]) => query.contains(row instanceof InstanceObject ? row.row : toOurs(row)),
  raw: async (query, [sql, parameters], { translations = null }, self) => {
    const names =
      translations instanceof Map
        ? Object.fromEntries([...translations].map(([from, to]) => [String(from), camelCase(String(to))]))
        : {};
    const rows = (await query.raw(sql, parameters === undefined ? [] : toOurs(parameters), {
      translations: names,
    })) as object[];
    return rows.map((row) => self.world.instance(query.state.model, row as Record<string, unknown>));
  },
  in_bulk: async (query, [keys = null], { field_name: field = null }, self) => {
    const options = field === null ? undefined : { fieldName: camelCase(asText(field)) };
    const found = (await query.inBulk(keys === null ? undefined : toOurs(keys), options)) as Map<
      unknown,
      unknown
    >;
    return new Map([...found].map(([key, row]) => [fromOurs(key), self.row(row)]));
  },
  iterator: async (query, _, { chunk_size: chunkSize }, self) => {
    const rows: Value[] = [];
    for await (const row of query.iterator(chunkSize === undefined ? {} : { chunkSize }))
      rows.push(self.row(row));
    return rows;
  },
  bulk_create: async (query, [items, size], keywords, self) => {
    const instances = (await iterateInstances(items)) as InstanceObject[];
    const {
      batch_size: batchSize = size,
      ignore_conflicts,
      update_conflicts,
      unique_fields,
      update_fields,
    } = keywords;
    const rows = (await query.bulkCreate(
      instances.map((item) => item.values()),
      {
        batchSize,
        ignoreConflicts: ignore_conflicts,
        updateConflicts: update_conflicts,
        uniqueFields: camelCased(unique_fields),
        updateFields: camelCased(update_fields),
      },
    )) as Record<string, unknown>[];
    rows.forEach((row, index) => Object.assign(instances[index]!.row, row));
    void self;
    return instances;
  },
  bulk_update: async (query, [items, fields], { batch_size: batchSize }) => {
    const instances = (await iterateInstances(items)) as InstanceObject[];
    return query.bulkUpdate(
      instances.map((item) => item.values()),
      (fields as string[]).map(camelCase),
      { batchSize },
    ) as Promise<Value>;
  },
  add: (query, args) => query.add(...args.map(rowOrKey)),
  remove: (query, args) => query.remove(...args.map(rowOrKey)),
  set: (query, [items]) => query.set((items as Value[]).map(rowOrKey)),
};

const relationMethods: readonly string[] = ['add', 'remove', 'set', 'clear'];

/** Values of a new row; an instance stands for its row. */
function rowsOrValues(keywords: Keywords): Record<string, unknown> {
  const rows = Object.entries(keywords).filter(([, value]) => value instanceof InstanceObject);
  const given = rows.map(([name, value]) => [camelCase(name), rowOrKey(value)]);
  return { ...namedOurs(keywords), ...Object.fromEntries(given) };
}

function rowOrKey(value: Value): unknown {
  return value instanceof InstanceObject ? value.row : toOurs(value);
}

function camelCased(names: Value): string[] | undefined {
  return Array.isArray(names) ? names.map((name) => camelCase(asText(name))) : undefined;
}

async function iterateInstances(items: Value): Promise<readonly Value[]> {
  return Array.isArray(items) ? (items as Value[]) : [];
}

function argumentOrPath(arg: Value): unknown {
  return typeof arg === 'string'
    ? pathOf(arg)
    : arg instanceof ExpressionObject
      ? arg.unwrap()
      : argumentOf(arg);
}

async function orCreate(
  method: string,
  query: AnyQuerySet,
  keywords: Keywords,
  self: QuerySetObject,
): Promise<Value> {
  const { defaults = null, create_defaults: createDefaults = null, ...values } = keywords;
  const options = {
    ...(defaults !== null && { defaults: callable(defaults) }),
    ...(createDefaults !== null && { createDefaults: callable(createDefaults) }),
  };
  const [row, isCreated] = (await query[method](conditionsOrValues(values), options)) as [object, boolean];
  return tuple([self.row(row), isCreated]);
}

/** Plain values stay plain, so that a new row can have them. */
function conditionsOrValues(keywords: Keywords): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(conditionsOf(keywords)).map(([path, lookups]) => {
      const { equals } = lookups as { equals?: unknown };
      return [path, Object.keys(lookups).length === 1 && 'equals' in lookups ? equals : lookups];
    }),
  );
}

/** Defaults with our names; a function of the program is one of ours. */
function callable(dict: Value): Record<string, unknown> {
  const entries = [...(dict as Map<string, Value>)].map(([name, value]) => [
    camelCase(name),
    value instanceof PythonFunction ? async () => toOurs(await call(value, [])) : toOurs(value),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** `[3, { Order: 1, OrderItem: 2 }]`, with the app's label in front of the models as Django writes it. */
export function deletion([total, perModel]: [number, Record<string, number>], world: World): Value {
  const names = new Map(recordedTables(world.database.schema).map(({ name, table }) => [table, name]));
  const labelled = Object.entries(perModel).map(
    ([name, count]) => [`shop.${names.get(name) ?? name}`, count] as const,
  );
  return tuple([total, new Map(labelled)]);
}

/** `values_list(…, named=True)`. */
class NamedRows extends QuerySetObject {
  override row(row: unknown): Value {
    const dict = super.row(row);
    return new NamedRow(dict as Map<string, Value>);
  }
}

class NamedRow extends Wrapped {
  readonly typeName = 'Row';

  constructor(readonly dict: Map<string, Value>) {
    super();
  }

  override unwrap(): unknown {
    return this.dict;
  }

  override getAttribute(name: string): Value | undefined {
    return name === '_asdict' ? native(name, () => this.dict) : this.dict.get(name);
  }
}
