import fc, { type Arbitrary } from 'fast-check';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import type { ModelMetadata, RelationField, ScalarField } from '../metadata/schema.js';
import { relationsOf, scalarsOf } from './rows.js';

/** One call of a Prisma client: `{ model: 'Book', action: 'update', args: { … } }`. */
export interface Call {
  readonly model: string;
  readonly action: string;
  readonly args: Record<string, unknown>;
}

/** Calls that are made one by one, or in one transaction of either kind. */
export interface Step {
  readonly transaction?: 'batch' | 'interactive';
  readonly calls: readonly Call[];
}

const models = [
  'Publisher',
  'Author',
  'Book',
  'Store',
  'Customer',
  'CustomerProfile',
  'Order',
  'OrderItem',
  'Employee',
  'OutboxMessage',
];
export const depths = 3;

/** The keys that new rows get begin here in the first step, at twice this in the second, and so on. */
export const keysPerStep = 100;

/** A few calls, nested to depth 3, some of which fail. */
export function program(): Arbitrary<Step[]> {
  return fc.integer({ min: 1, max: 4 }).chain((length) => {
    const steps = Array.from({ length }, (_, at) =>
      step().map((one) => settle(one, at, at === 0 && one.calls.length === 1) as Step),
    );
    return fc.tuple(...steps);
  });
}

/**
 * Stands for the key of a row that the step before may have made.
 *
 * No call names a key that it is about to generate by itself: whether that one is found depends on the order in which
 * Prisma happens to carry out what is nested in it.
 */
class MadeBefore {
  constructor(private readonly nth: number) {}

  keyAt(step: number): number {
    return step * keysPerStep + this.nth;
  }
}

/** Stands for a limit that leaves rows out: which ones is certain only where none has been written yet. */
class LimitOfFreshRows {
  constructor(readonly limit: number) {}
}

/** Fills in what depends on where in a program a step stands. */
function settle(value: unknown, at: number, isFresh: boolean): unknown {
  if (value instanceof MadeBefore) return value.keyAt(at);
  if (value instanceof LimitOfFreshRows) return isFresh ? value.limit : undefined;
  if (Array.isArray(value)) return value.map((one) => settle(one, at, isFresh));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, settle(one, at, isFresh)]));
}

function step(): Arbitrary<Step> {
  const any = fc.constantFrom(...models).chain(call);
  const transaction = fc.constantFrom('batch' as const, 'interactive' as const);
  return fc.oneof(
    { weight: 9, arbitrary: any.map((one) => ({ calls: [one] })) },
    {
      weight: 1,
      arbitrary: fc.record({ transaction, calls: fc.array(any, { minLength: 1, maxLength: 3 }) }),
    },
  );
}

const known = new Map<string, Arbitrary<any>>();

/** Makes an arbitrary once: those of nested data are many, and large. */
function once<T>(name: string, make: () => Arbitrary<T>): Arbitrary<T> {
  let arbitrary = known.get(name);
  if (arbitrary === undefined) known.set(name, (arbitrary = make()));
  return arbitrary;
}

const call = (name: string): Arbitrary<Call> => once(`call ${name}`, () => makeCall(name));

function makeCall(name: string): Arbitrary<Call> {
  const model = schema.models[name]!;
  const of = (action: string, args: Record<string, Arbitrary<unknown>>): Arbitrary<Call> =>
    record(args).map((given) => ({ model: name, action, args: given }));
  const [create, update] = [creation(model, depths), change(model, depths)];
  const [where, filter, result] = [keyOf(model), maybe(filterOf(model), 0.9), selection(model, 2)];
  const [flat, flatUpdate] = [fc.array(flatCreation(model), { maxLength: 3 }), flatChange(model)];
  const skipDuplicates = maybe(fc.boolean(), 0.3);
  const limit = maybe(
    fc.constantFrom<unknown>(0, new LimitOfFreshRows(1), new LimitOfFreshRows(2), 100),
    0.3,
  );
  const omit = maybe(omission(model), 0.3);
  return fc.oneof(
    { weight: 5, arbitrary: withResult(result, (shape) => of('create', { data: create, ...shape })) },
    { weight: 7, arbitrary: withResult(result, (shape) => of('update', { where, data: update, ...shape })) },
    {
      weight: 3,
      arbitrary: withResult(result, (shape) => of('upsert', { where, create, update, ...shape })),
    },
    { weight: 3, arbitrary: withResult(result, (shape) => of('delete', { where, ...shape })) },
    { weight: 1, arbitrary: of('createMany', { data: flat, skipDuplicates }) },
    { weight: 1, arbitrary: of('createManyAndReturn', { data: flat, skipDuplicates, omit }) },
    { weight: 1, arbitrary: of('updateMany', { where: filter, data: flatUpdate, limit }) },
    { weight: 1, arbitrary: of('updateManyAndReturn', { where: filter, data: flatUpdate, limit, omit }) },
    { weight: 2, arbitrary: of('deleteMany', { where: filter, limit }) },
  );
}

type Shape = Record<string, unknown>;

function withResult(
  result: Arbitrary<Shape>,
  make: (shape: Record<string, Arbitrary<unknown>>) => Arbitrary<Call>,
): Arbitrary<Call> {
  return result.chain((shape) =>
    make(Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, fc.constant(value)]))),
  );
}

/** What a call wants back: everything, relations too, or some of it, counts among them. */
const selection = (model: ModelMetadata, depth: number): Arbitrary<Shape> =>
  once(`selection ${model.name} ${depth}`, () => makeSelection(model, depth));

function makeSelection(model: ModelMetadata, depth: number): Arbitrary<Shape> {
  const relations = relationsOf(model);
  const everything = fc.constant<Shape>({});
  const without = omission(model).map((omit) => ({ omit }));
  if (relations.length === 0) return fc.oneof({ weight: 3, arbitrary: everything }, without);
  const lists = relations.filter(({ isList }) => isList).map(({ name }) => name);
  const counts =
    lists.length === 0
      ? everything
      : fc.subarray(lists, { minLength: 1 }).map((names) => ({ _count: { select: allOf(names) } }));
  const related = fc.constantFrom(...relations).chain((field) => {
    const inner =
      depth === 0 ? fc.constant(true) : selection(schema.models[field.model]!, depth - 1).map(orTrue);
    return inner.map((shape) => ({ [field.name]: shape }));
  });
  const some = fc.subarray(
    scalarsOf(model).map(({ name }) => name),
    { minLength: 1 },
  );
  return fc.oneof(
    { weight: 4, arbitrary: everything },
    { weight: 2, arbitrary: related.map((include) => ({ include })) },
    {
      weight: 1,
      arbitrary: fc.tuple(related, counts).map(([one, count]) => ({ include: { ...one, ...count } })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(some, related, counts)
        .map(([names, one, count]) => ({ select: { ...allOf(names), ...one, ...count } })),
    },
    { weight: 1, arbitrary: without },
  );
}

const omission = (model: ModelMetadata): Arbitrary<Shape> =>
  fc.constantFrom(...scalarsOf(model).filter(({ isId }) => !isId)).map(({ name }) => ({ [name]: true }));
const allOf = (names: readonly string[]): Shape => Object.fromEntries(names.map((name) => [name, true]));
const orTrue = (shape: Shape): Shape | true => (Object.keys(shape).length === 0 ? true : shape);

/** Names one row: by its key, by what else is unique, or with a condition beside it. */
function keyOf(model: ModelMetadata): Arbitrary<object> {
  const byId = id().map((one) => ({ id: one }));
  const options: { weight: number; arbitrary: Arbitrary<object> }[] = [
    { weight: 12, arbitrary: byId },
    { weight: 1, arbitrary: fc.tuple(byId, filterOf(model)).map(([one, filter]) => ({ ...filter, ...one })) },
  ];
  for (const unique of model.uniques) {
    const values = fc.record(Object.fromEntries(unique.map((name) => [name, knownValue(name)])));
    options.push({
      weight: 1,
      arbitrary: unique.length === 1 ? values : values.map((value) => ({ [unique.join('_')]: value })),
    });
  }
  return fc.oneof(...options);
}

/** A value of a unique field that a row may well have. */
const knownValue = (name: string): Arbitrary<unknown> =>
  name.endsWith('Id')
    ? id()
    : fc.constantFrom(...(name === 'isbn' ? ['isbn1', 'isbn2', 'isbn3'] : ['e1', 'e2', 'e9']));

function filterOf(model: ModelMetadata): Arbitrary<object> {
  const name = scalarsOf(model).some((field) => field.name === 'name') ? 'name' : 'id';
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 4, arbitrary: id().map((one) => ({ id: { gte: one } })) },
    { weight: 2, arbitrary: id().map((one) => ({ id: one })) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 1, max: 3 })
        .map((n) => ({ NOT: { [name]: name === 'id' ? n : `A${n}` } })),
    },
  );
}

/**
 * New rows, with what they refer to or with its keys.
 *
 * The rows of one list may be of both forms, which Prisma refuses.
 */
function creation(model: ModelMetadata, depth: number, from?: RelationField): Arbitrary<object> {
  return once(`creation ${model.name} ${depth} ${from?.model} ${from?.name}`, () => {
    const scalars = scalarValues(model, (field) => (isNeeded(field) ? 1 : 0.4));
    const others = (field: RelationField) =>
      depth === 0 ? undefined : maybe(nestedCreation(field, depth - 1), 0.3);
    return fc.oneof(
      {
        weight: 6,
        arbitrary: record({
          ...scalars,
          ...relationValues(model, from, (field) =>
            owns(field) && field.isRequired ? reference(field, Math.max(depth - 1, 0)) : others(field),
          ),
        }),
      },
      {
        weight: 1,
        arbitrary: record({
          ...scalars,
          id: maybe(newKey(), 0.3),
          ...keys(model, from, (isRequired) => (isRequired ? id() : maybe(id(), 0.5))),
          ...relationValues(model, from, (field) => (owns(field) ? undefined : others(field))),
        }),
      },
    );
  });
}

function change(model: ModelMetadata, depth: number, from?: RelationField): Arbitrary<object> {
  return once(`change ${model.name} ${depth} ${from?.model} ${from?.name}`, () => {
    const scalars = scalarChanges(model, 0.4);
    const related = (field: RelationField) =>
      depth === 0 ? undefined : maybe(nestedChange(field, depth - 1), 0.4);
    return fc.oneof(
      { weight: 6, arbitrary: record({ ...scalars, ...relationValues(model, from, related) }) },
      {
        weight: 1,
        arbitrary: record({
          ...scalars,
          ...(!refersToItself(model) && { id: maybe(changedKey(), 0.5) }),
          ...keys(model, from, () => maybe(id(), 0.3)),
          ...relationValues(model, from, (field) => (owns(field) ? undefined : related(field))),
        }),
      },
    );
  });
}

const owns = ({ fromFields }: RelationField): boolean => fromFields.length > 0;

/** Prisma answers without what changes along with a key in the same table; see docs/differences.md. */
const refersToItself = (model: ModelMetadata): boolean =>
  relationsOf(model).some((field) => owns(field) && field.model === model.name);

/** A key that is mostly free. */
const newKey = (): Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 40, max: 60 }) }, id());

const changedKey = (): Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: newKey() },
    fc.integer({ min: 20, max: 30 }).map((increment) => ({ increment })),
    newKey().map((set) => ({ set })),
  );

/** A row without relations, and with keys in their place. */
function flatCreation(model: ModelMetadata, from?: RelationField): Arbitrary<object> {
  return record({
    ...scalarValues(model, (field) => (isNeeded(field) ? 1 : 0.4)),
    id: maybe(newKey(), 0.1),
    ...keys(model, from, (isRequired) => (isRequired ? id() : maybe(id(), 0.5))),
  });
}

const flatChange = (model: ModelMetadata, from?: RelationField): Arbitrary<object> =>
  record({
    ...scalarChanges(model, 0.5),
    ...(!refersToItself(model) && { id: maybe(changedKey(), 0.1) }),
    ...keys(model, from, () => maybe(id(), 0.1)),
  });

function keys(
  model: ModelMetadata,
  from: RelationField | undefined,
  make: (isRequired: boolean) => Arbitrary<unknown>,
): Record<string, Arbitrary<unknown>> {
  return Object.fromEntries(
    relationsOf(model)
      .filter(({ name }) => name !== from?.inverse)
      .flatMap(({ fromFields, isRequired }) => fromFields.map((name) => [name, make(isRequired)])),
  );
}
const id = (): Arbitrary<unknown> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(new MadeBefore(1), new MadeBefore(2)) },
  );

function relationValues(
  model: ModelMetadata,
  from: RelationField | undefined,
  make: (field: RelationField) => Arbitrary<unknown> | undefined,
): Record<string, Arbitrary<unknown>> {
  return Object.fromEntries(
    relationsOf(model)
      .filter(({ name }) => name !== from?.inverse)
      .flatMap((field) => {
        const value = make(field);
        return value === undefined ? [] : [[field.name, value]];
      }),
  );
}

/** What a row that is created refers to. */
function reference(field: RelationField, depth: number): Arbitrary<object> {
  const target = schema.models[field.model]!;
  const options: Arbitrary<object>[] = [
    record({ connect: keyOf(target) }),
    record({ connectOrCreate: record({ where: keyOf(target), create: creation(target, 0, field) }) }),
  ];
  if (depth > 0) options.push(record({ create: creation(target, depth - 1, field) }));
  return fc.oneof(...options);
}

function nestedCreation(field: RelationField, depth: number): Arbitrary<object> {
  const target = schema.models[field.model]!;
  if (!field.isList) return reference(field, Math.max(depth, 1));
  const create = creation(target, Math.max(depth, 0), field);
  const options = [
    record({ create: siblings(target, create) }),
    record({ connect: some(keyOf(target)) }),
    record({ connectOrCreate: some(record({ where: keyOf(target), create })) }),
  ];
  if (field.through) options.push(record({ create: siblings(target, create), connect: some(keyOf(target)) }));
  else options.push(record({ createMany: manyOf(target, field) }));
  return fc.oneof(...options);
}

/** One or two, or a single one without the list around it. */
const some = (item: Arbitrary<object>): Arbitrary<object> =>
  fc.oneof({ weight: 3, arbitrary: fc.array(item, { minLength: 1, maxLength: 2 }) }, item);

const manyOf = (target: ModelMetadata, from: RelationField): Arbitrary<object> =>
  record({ data: some(flatCreation(target, from)), skipDuplicates: maybe(fc.boolean(), 0.3) });

/**
 * Rows that one list creates; a single one where it finds or creates what it refers to.
 *
 * Prisma creates several of those in an order that depends on the rest of the call, so that their keys differ; see
 * docs/differences.md.
 */
function siblings(target: ModelMetadata, create: Arbitrary<object>): Arbitrary<unknown> {
  const owned = relationsOf(target).filter(({ fromFields }) => fromFields.length > 0);
  const looks = (row: Record<string, any>) =>
    owned.some(({ name }) => row[name]?.connectOrCreate !== undefined);
  return some(create).map((rows) => (Array.isArray(rows) && rows.some(looks) ? rows.slice(0, 1) : rows));
}

function nestedChange(field: RelationField, depth: number): Arbitrary<object> {
  const target = schema.models[field.model]!;
  const [create, update] = [creation(target, Math.max(depth - 1, 0), field), change(target, depth, field)];
  return field.isList ? listChange(field, create, update) : singleChange(field, create, update);
}

function singleChange(
  field: RelationField,
  create: Arbitrary<object>,
  update: Arbitrary<object>,
): Arbitrary<object> {
  const target = schema.models[field.model]!;
  const [where, filter] = [keyOf(target), filterOf(target)];
  const yes = fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false), filter);
  const options = [
    record({ create }),
    record({ connect: where }),
    record({ connectOrCreate: record({ where, create }) }),
    record({ update }),
    record({ update: record({ where: filter, data: update }) }),
    record({ upsert: record({ create, update }) }),
  ];
  // Where the row holds the key itself, Prisma applies this filter to the wrong table; see docs/differences.md.
  if (field.fromFields.length === 0)
    options.push(record({ upsert: record({ where: filter, create, update }) }));
  const isOptional = field.fromFields.length === 0 || !field.isRequired;
  if (isOptional) options.push(record({ disconnect: yes }), record({ delete: yes }));
  return fc.oneof(...options);
}

function listChange(
  field: RelationField,
  create: Arbitrary<object>,
  update: Arbitrary<object>,
): Arbitrary<object> {
  const target = schema.models[field.model]!;
  const [where, filter] = [keyOf(target), filterOf(target)];
  const operations: Record<string, Arbitrary<unknown>> = {
    create: siblings(target, create),
    connect: some(where),
    connectOrCreate: some(record({ where, create })),
    set: fc.array(where, { maxLength: 2 }),
    disconnect: some(where),
    delete: some(where),
    deleteMany: some(filter),
    update: some(record({ where, data: update })),
    updateMany: some(record({ where: filter, data: flatChange(target, field) })),
    upsert: some(record({ where, create, update })),
    ...(!field.through && { createMany: manyOf(target, field) }),
  };
  const names = Object.keys(operations);
  return fc
    .oneof(
      { weight: 6, arbitrary: fc.constantFrom(...names).map((name) => [name]) },
      { weight: 1, arbitrary: fc.shuffledSubarray(names, { minLength: 2, maxLength: 2 }) },
    )
    .chain((chosen) => record(Object.fromEntries(chosen.map((name) => [name, operations[name]!]))));
}

function scalarValues(
  model: ModelMetadata,
  probability: (field: ScalarField) => number,
): Record<string, Arbitrary<unknown>> {
  return Object.fromEntries(
    plainFields(model).map((field) => [field.name, maybe(scalarValue(field), probability(field))]),
  );
}

/** New values, bare or by an operation on the old ones. */
function scalarChanges(model: ModelMetadata, probability: number): Record<string, Arbitrary<unknown>> {
  return Object.fromEntries(
    plainFields(model).map((field) => {
      const value = scalarValue(field);
      const options = [{ weight: 6, arbitrary: value }];
      if (field.type !== 'Json') options.push({ weight: 1, arbitrary: value.map((set) => ({ set })) });
      if (['Int', 'Float', 'Decimal'].includes(field.type)) {
        const operation = fc.constantFrom('increment', 'decrement', 'multiply', 'divide');
        const operand = fc.integer({ min: 1, max: 3 });
        options.push({
          weight: 2,
          arbitrary: fc.tuple(operation, operand).map(([one, by]) => ({ [one]: by })),
        });
      }
      return [field.name, maybe(fc.oneof(...options), probability)];
    }),
  );
}

/** The fields that a test fills by itself: no keys, and nothing that the clock fills. */
function plainFields(model: ModelMetadata): ScalarField[] {
  const references = new Set(relationsOf(model).flatMap(({ fromFields }) => fromFields));
  return scalarsOf(model).filter(({ name, isId }) => !isId && name !== 'createdAt' && !references.has(name));
}

const isNeeded = ({ isRequired, hasDefault }: ScalarField): boolean => isRequired && !hasDefault;

function scalarValue(field: ScalarField): Arbitrary<unknown> {
  const value = filledValue(field);
  return field.isRequired || field.type === 'Json'
    ? value
    : fc.oneof({ weight: 5, arbitrary: value }, fc.constant(null));
}

function filledValue(field: ScalarField): Arbitrary<unknown> {
  const number = fc.integer({ min: 1, max: 999_999 });
  if (field.name === 'isbn')
    return fc.oneof(
      number.map((n) => `i${n}`),
      fc.constantFrom('isbn1', 'isbn2'),
    );
  if (field.name === 'email')
    return fc.oneof(
      number.map((n) => `e${n}`),
      fc.constantFrom('e1', 'e2'),
    );
  switch (field.type) {
    case 'Int':
      return number;
    case 'Float':
      return number.map((n) => n / 8);
    case 'Decimal':
      return number.map((n) => (n / 100).toFixed(2).slice(-7));
    case 'DateTime':
      return number.map((n) => new Date(Date.UTC(2000, 0, 1 + (n % 9000))));
    case 'Json':
      return number.map((n) => ({ n }));
    default:
      return number.map((n) => `v${n}`);
  }
}

function maybe<T>(arbitrary: Arbitrary<T>, probability: number): Arbitrary<T | undefined> {
  if (probability === 1) return arbitrary;
  return fc
    .integer({ min: 1, max: 100 })
    .chain((n) => (n <= probability * 100 ? arbitrary : fc.constant(undefined)));
}

/** A record that leaves out what is undefined, as an application would. */
function record(values: Record<string, Arbitrary<unknown>>): Arbitrary<Record<string, unknown>> {
  return fc
    .record(values)
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}
