import fc, { type Arbitrary } from 'fast-check';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import type { ModelMetadata, RelationField, ScalarField } from '../metadata/schema.js';
import { relationsOf, scalarsOf } from './rows.js';

/** One call of a Prisma client: `{ model: 'Book', action: 'update', args: { … } }`. */
export interface Step {
  readonly model: string;
  readonly action: string;
  readonly args: Record<string, unknown>;
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
];
const depths = 3;

/** A few calls, nested to depth 3, some of which fail. */
export function program(): Arbitrary<Step[]> {
  return fc.array(fc.constantFrom(...models).chain(step), { minLength: 1, maxLength: 4 });
}

function step(name: string): Arbitrary<Step> {
  const model = schema.models[name]!;
  const call = (action: string, args: Record<string, Arbitrary<unknown>>): Arbitrary<Step> =>
    record(args).map((given) => ({ model: name, action, args: given }));
  const [where, filter, create, update] = [key(), filterOf(), creation(model, depths), change(model, depths)];
  const result = selection(model);
  const flat = flatCreation(model);
  return fc.oneof(
    { weight: 4, arbitrary: call('create', { data: create, ...result }) },
    { weight: 6, arbitrary: call('update', { where, data: update, ...result }) },
    { weight: 2, arbitrary: call('upsert', { where, create, update, ...result }) },
    { weight: 3, arbitrary: call('delete', { where, ...result }) },
    { weight: 1, arbitrary: call('createMany', { data: fc.array(flat, { maxLength: 3 }) }) },
    { weight: 1, arbitrary: call('createManyAndReturn', { data: fc.array(flat, { maxLength: 3 }) }) },
    { weight: 1, arbitrary: call('updateMany', { where: filter, data: flatChange(model) }) },
    { weight: 1, arbitrary: call('updateManyAndReturn', { where: filter, data: flatChange(model) }) },
    { weight: 2, arbitrary: call('deleteMany', { where: filter }) },
  );
}

function selection(model: ModelMetadata): Record<string, Arbitrary<unknown>> {
  const relations = relationsOf(model);
  if (relations.length === 0) return {};
  return {
    include: maybe(
      fc.constantFrom(...relations).map(({ name }) => ({ [name]: true })),
      0.4,
    ),
  };
}

const key = (): Arbitrary<object> => fc.integer({ min: 1, max: 4 }).map((id) => ({ id }));
const filterOf = (): Arbitrary<object> =>
  fc.oneof(
    fc.constant({}),
    fc.integer({ min: 1, max: 4 }).map((id) => ({ id: { gte: id } })),
  );

function creation(model: ModelMetadata, depth: number, from?: RelationField): Arbitrary<object> {
  return record({
    ...scalarValues(model, (field) => (isNeeded(field) ? 1 : 0.4)),
    ...relationValues(model, from, (field) => {
      const isNeeded = field.fromFields.length > 0 && field.isRequired;
      if (depth === 0 && !isNeeded) return undefined;
      return isNeeded
        ? reference(field, Math.max(depth - 1, 0))
        : maybe(nestedCreation(field, depth - 1), 0.3);
    }),
  });
}

function change(model: ModelMetadata, depth: number, from?: RelationField): Arbitrary<object> {
  return record({
    ...scalarValues(model, () => 0.4),
    ...relationValues(model, from, (field) =>
      depth === 0 ? undefined : maybe(nestedChange(field, depth - 1), 0.4),
    ),
  });
}

function flatCreation(model: ModelMetadata): Arbitrary<object> {
  return record({
    ...scalarValues(model, (field) => (isNeeded(field) ? 1 : 0.4)),
    ...Object.fromEntries(
      relationsOf(model).flatMap(({ fromFields, isRequired }) =>
        fromFields.map((name) => [name, isRequired ? id() : maybe(id(), 0.5)]),
      ),
    ),
  });
}

const flatChange = (model: ModelMetadata): Arbitrary<object> => record(scalarValues(model, () => 0.5));
const id = (): Arbitrary<number> => fc.integer({ min: 1, max: 4 });

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

function reference(field: RelationField, depth: number): Arbitrary<object> {
  const target = schema.models[field.model]!;
  const options: Arbitrary<object>[] = [
    record({ connect: key() }),
    record({ connectOrCreate: record({ where: key(), create: creation(target, 0, field) }) }),
  ];
  if (depth > 0) options.push(record({ create: creation(target, depth - 1, field) }));
  return fc.oneof(...options);
}

function nestedCreation(field: RelationField, depth: number): Arbitrary<object> {
  const target = schema.models[field.model]!;
  if (!field.isList) return reference(field, Math.max(depth, 1));
  const create = creation(target, Math.max(depth, 0), field);
  const options = [
    record({ create: siblings(field, create) }),
    record({ connect: some(key()) }),
    record({ connectOrCreate: siblings(field, record({ where: key(), create })) }),
  ];
  if (field.through) options.push(record({ create: siblings(field, create), connect: some(key()) }));
  return fc.oneof(...options);
}

const some = (item: Arbitrary<object>): Arbitrary<object[]> => fc.array(item, { minLength: 1, maxLength: 2 });

/**
 * Rows that one list creates.
 *
 * Prisma may create those of one parent in another order than the given one when they bring further parents of their
 * own, so that their keys differ; see docs/differences.md.
 */
function siblings(field: RelationField, create: Arbitrary<object>): Arbitrary<object[]> {
  const owned = relationsOf(schema.models[field.model]!).filter(({ fromFields }) => fromFields.length > 0);
  const others = owned.filter(({ name }) => name !== field.inverse);
  return others.length > 0 ? create.map((one) => [one]) : some(create);
}

function nestedChange(field: RelationField, depth: number): Arbitrary<object> {
  const target = schema.models[field.model]!;
  const [create, update] = [creation(target, Math.max(depth - 1, 0), field), change(target, depth, field)];
  if (!field.isList) {
    const options = [
      record({ create }),
      record({ connect: key() }),
      record({ connectOrCreate: record({ where: key(), create }) }),
      record({ update }),
      record({ upsert: record({ create, update }) }),
    ];
    const isOptional = field.fromFields.length === 0 || !field.isRequired;
    if (isOptional)
      options.push(record({ disconnect: fc.constant(true) }), record({ delete: fc.constant(true) }));
    return fc.oneof(...options);
  }
  return fc.oneof(
    record({ create: siblings(field, create) }),
    record({ connect: some(key()) }),
    record({ connectOrCreate: siblings(field, record({ where: key(), create })) }),
    record({ set: fc.array(key(), { maxLength: 2 }) }),
    record({ disconnect: some(key()) }),
    record({ delete: some(key()) }),
    record({ deleteMany: filterOf() }),
    record({ update: some(record({ where: key(), data: update })) }),
    record({ updateMany: record({ where: filterOf(), data: flatChange(target) }) }),
    record({ upsert: siblings(field, record({ where: key(), create, update })) }),
  );
}

function scalarValues(
  model: ModelMetadata,
  probability: (field: ScalarField) => number,
): Record<string, Arbitrary<unknown>> {
  const keys = new Set(relationsOf(model).flatMap(({ fromFields }) => fromFields));
  return Object.fromEntries(
    scalarsOf(model)
      .filter(({ name, isId }) => !isId && name !== 'createdAt' && !keys.has(name))
      .map((field) => [field.name, maybe(scalarValue(field), probability(field))]),
  );
}

const isNeeded = ({ isRequired, hasDefault }: ScalarField): boolean => isRequired && !hasDefault;

function scalarValue(field: ScalarField): Arbitrary<unknown> {
  const number = fc.integer({ min: 1, max: 999_999 });
  if (field.name === 'isbn')
    return fc.oneof(
      number.map((n) => `i${n}`),
      fc.constantFrom('isbn1', 'isbn2'),
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
