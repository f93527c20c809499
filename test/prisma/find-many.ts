import fc from 'fast-check';
import type {
  FieldMetadata,
  ModelMetadata,
  RelationField,
  ScalarField,
  SchemaMetadata,
} from '@nest-quintet/orm';
import { valueOf } from './values.js';

/** What Prisma's `findMany` takes. */
export interface FindMany {
  readonly where?: object;
  readonly orderBy?: readonly object[];
  readonly select?: Readonly<Record<string, true>>;
  readonly include?: Readonly<Record<string, true | FindMany>>;
  /** Below zero, so many of the last rows. */
  readonly take?: number;
  readonly distinct?: readonly string[];
  readonly skip?: number;
}

type Where = Record<string, unknown>;

/**
 * Random arguments of `findMany` for the models of a schema.
 *
 * Left out, each where Prisma and QuerySets mean different things by design or one of them has no words for it:
 * - `%`, `_` and `\\` in text lookups, which have for Prisma the meaning of LIKE;
 * - case-insensitive lookups of `char` columns, where Prisma counts the spaces that fill them up;
 * - lookups in lists of JSON and bytes other than `isEmpty`: Prisma has none for the one and finds nothing in the other;
 * - order and paths of `json` columns, which PostgreSQL has no order for; `jsonb` has paths;
 * - `distinct` by fields that do not lead the order, which PostgreSQL refuses and Prisma does in memory;
 * - `take` below zero and `distinct` in an `include`: a prefetch has neither;
 * - `select` of relations: QuerySets narrow related rows by `only()`, which always has the key.
 */
export class FindManyArguments {
  constructor(private readonly schema: SchemaMetadata) {}

  /** A model, and what to find of it. */
  any(): fc.Arbitrary<readonly [model: string, args: FindMany]> {
    const names = Object.keys(this.schema.models);
    // The model with every type of column comes as often as all others.
    const model = fc.oneof(fc.constant('Exhibit'), fc.constantFrom(...names));
    const given = model.chain((name) => this.of(name, 2).map((args) => [name, args] as const));
    return fc.oneof(
      { weight: 4, arbitrary: given },
      model.chain((name) => this.#wholeOnly(name)),
    );
  }

  /** What Prisma knows for a query alone, and QuerySets for prefetches in another form: the last rows, and distinct ones. */
  #wholeOnly(name: string): fc.Arbitrary<readonly [model: string, args: FindMany]> {
    const model = this.schema.models[name]!;
    const last = fc
      .tuple(this.of(name, 1), fc.integer({ min: -12, max: -1 }))
      .map(([args, take]) => ({ ...args, take }));
    const columns = scalars(model).filter(({ type, isList }) => type !== 'Json' && !isList);
    const distinct = fc
      .tuple(
        this.of(name, 0),
        fc.subarray(columns, { minLength: 1, maxLength: Math.min(2, columns.length) }),
        fc.constantFrom('asc', 'desc'),
      )
      .map(([args, fields, sort]) => {
        const names = fields.map((field) => field.name);
        // Rows that are told apart by a field are sorted by it first, or PostgreSQL does not do it.
        const orderBy = [
          ...names.map((each) => ({ [each]: sort })),
          ...(args.orderBy ?? []).slice(-model.primaryKey.length),
        ];
        return { ...args, orderBy, distinct: names };
      });
    return fc.oneof(last, distinct).map((args) => [name, args] as const);
  }

  of(name: string, depth: number): fc.Arbitrary<FindMany> {
    const model = this.schema.models[name]!;
    const shape = fc.oneof(
      fc.constant({}),
      this.#select(model).map((select) => ({ select })),
      ...(depth > 0 ? [this.#include(model, depth).map((include) => ({ include }))] : []),
    );
    const where = this.where(name, Math.min(depth, 2));
    return fc
      .tuple(
        fc.option(where, { nil: undefined, freq: 5 }),
        this.#orderBy(model),
        shape,
        fc.option(fc.nat(12), { nil: undefined, freq: 2 }),
        fc.option(fc.nat(5), { nil: undefined, freq: 1 }),
      )
      .map(([given, orderBy, shaped, take, skip]) => ({
        ...(given && { where: given }),
        orderBy,
        ...shaped,
        ...(take !== undefined && { take }),
        ...(skip !== undefined && { skip }),
      }));
  }

  /** Conditions on a model, across relations down to a depth. */
  where(name: string, depth: number): fc.Arbitrary<Where> {
    const model = this.schema.models[name]!;
    const fields = Object.values(model.fields);
    const single = fc
      .constantFrom(...fields.filter((field) => field.kind === 'scalar' || depth > 0))
      .chain((field) =>
        this.#condition(field, depth).map((condition): Where => ({ [field.name]: condition })),
      );
    const pair = fc.tuple(single, single).map(([left, right]) => ({ ...left, ...right }));
    const combined = fc
      .tuple(fc.constantFrom('AND', 'OR', 'NOT'), fc.array(fc.oneof(single, pair), { maxLength: 3 }), single)
      .map(([operator, given, other]) => ({ [operator]: given, ...other }));
    return fc.oneof({ weight: 3, arbitrary: single }, pair, combined);
  }

  #condition(field: FieldMetadata, depth: number): fc.Arbitrary<unknown> {
    if (field.kind === 'scalar') return field.isList ? this.#ofList(field) : this.#ofScalar(field);
    const where = this.where(field.model, depth - 1);
    if (field.isList) {
      return fc
        .tuple(fc.constantFrom('some', 'every', 'none'), where)
        .map(([name, given]) => ({ [name]: given }));
    }
    const inner = field.isRequired ? where : fc.option(where, { nil: null, freq: 6 });
    return fc.oneof(
      inner,
      fc.tuple(fc.constantFrom('is', 'isNot'), inner).map(([name, given]) => ({ [name]: given })),
    );
  }

  #ofScalar(field: ScalarField): fc.Arbitrary<unknown> {
    const value = valueOf(field, this.schema);
    const list = fc.array(value, { maxLength: 3 });
    const named = (names: readonly string[], given: fc.Arbitrary<unknown>): fc.Arbitrary<Where> =>
      fc.tuple(fc.constantFrom(...names), given).map(([name, each]) => ({ [name]: each }));
    if (field.type === 'Json') {
      return fc.oneof(
        named(['equals', 'not'], value),
        ...(field.nativeType?.[0] === 'Json' ? [] : [jsonPath(value)]),
      );
    }
    const hasOrder = field.type !== 'Boolean' && field.type !== 'Bytes' && field.enum === undefined;
    const comparisons: fc.Arbitrary<Where>[] = [
      named(hasOrder ? ['equals', 'lt', 'lte', 'gt', 'gte'] : ['equals'], value),
      ...(field.type === 'Boolean' ? [] : [named(['in', 'notIn'], list)]),
    ];
    if (field.type === 'String' && field.enum === undefined && field.nativeType?.[0] !== 'Uuid') {
      comparisons.push(this.#ofText(value as fc.Arbitrary<string>, field));
    }
    const comparison = fc.oneof(...comparisons);
    const conditions = fc.oneof(
      value,
      comparison,
      comparison.map(({ mode, ...given }) => ({ not: given, ...(mode !== undefined && { mode }) })),
      value.map((given) => ({ not: given })),
      fc.tuple(comparison, comparison).map(([left, right]) => ({ ...left, ...right })),
    );
    if (field.isRequired) return conditions;
    return fc.oneof(
      { weight: 8, arbitrary: conditions },
      fc.constantFrom<unknown>(null, { not: null }, { equals: null }),
    );
  }

  /** Prisma gives the wildcards of LIKE their meaning, and we take them for the letters that they are. */
  #ofText(value: fc.Arbitrary<string>, { nativeType }: ScalarField): fc.Arbitrary<Where> {
    const word = value.filter((text) => !/[%_\\]/.test(text));
    // Prisma takes the spaces that fill up a `char` for a part of it where case is of no matter, and only there.
    const isFilled = nativeType?.[0] === 'Char';
    return fc
      .tuple(fc.constantFrom('contains', 'startsWith', 'endsWith', 'equals'), word, fc.boolean())
      .map(([name, given, isInsensitive]) => ({
        [name]: given,
        ...(isInsensitive && !isFilled && { mode: 'insensitive' }),
      }));
  }

  #ofList(field: ScalarField): fc.Arbitrary<unknown> {
    const value = valueOf(field, this.schema);
    const list = fc.array(value, { maxLength: 3 });
    const isEmpty = fc.boolean().map((given) => ({ isEmpty: given }));
    // Prisma finds no bytes in a list, and cannot say what a list of JSON holds.
    if (field.type === 'Json' || field.type === 'Bytes') return isEmpty;
    return fc.oneof(
      value.map((has) => ({ has })),
      list.map((hasEvery) => ({ hasEvery })),
      list.map((hasSome) => ({ hasSome })),
      list.map((equals) => ({ equals })),
      isEmpty,
    );
  }

  /** A random order that the key makes complete. */
  #orderBy(model: ModelMetadata): fc.Arbitrary<object[]> {
    const direction = fc.constantFrom('asc', 'desc');
    const columns = scalars(model).filter(
      ({ type, isList, name }) => type !== 'Json' && !isList && !model.primaryKey.includes(name),
    );
    const own = columns.map((field) =>
      fc.tuple(direction, fc.constantFrom('first', 'last'), fc.boolean()).map(([sort, nulls, isSaid]) => ({
        [field.name]: !field.isRequired && isSaid ? { sort, nulls } : sort,
      })),
    );
    const across = relations(model)
      .filter(({ isList }) => !isList)
      .flatMap(({ name, model: other }) =>
        scalars(this.schema.models[other]!)
          .filter(({ type, isList }) => type !== 'Json' && !isList)
          .map((field) => direction.map((sort) => ({ [name]: { [field.name]: sort } }))),
      );
    const counts = relations(model)
      .filter(({ isList }) => isList)
      .map(({ name }) => direction.map((sort) => ({ [name]: { _count: sort } })));
    const all = [...own, ...across, ...counts];
    const terms = all.length > 0 ? fc.array(fc.oneof(...all), { maxLength: 2 }) : fc.constant([]);
    return fc
      .tuple(terms, direction)
      .map(([given, sort]) => [...given, ...model.primaryKey.map((name) => ({ [name]: sort }))]);
  }

  #select(model: ModelMetadata): fc.Arbitrary<Record<string, true>> {
    const names = scalars(model).map(({ name }) => name);
    return fc
      .subarray(names, { minLength: 1 })
      .map((chosen) => Object.fromEntries(chosen.map((name) => [name, true as const])));
  }

  #include(model: ModelMetadata, depth: number): fc.Arbitrary<Record<string, true | FindMany>> {
    const all = relations(model);
    return fc
      .subarray(all, { minLength: 1, maxLength: Math.min(2, all.length) })
      .chain((chosen) =>
        fc.record(
          Object.fromEntries(
            chosen.map((field) => [
              field.name,
              fc.oneof(fc.constant(true as const), this.#included(field, depth - 1)),
            ]),
          ),
        ),
      );
  }

  #included(field: RelationField, depth: number): fc.Arbitrary<FindMany> {
    const args = this.of(field.model, depth);
    if (field.isList) return args.map(({ select: _, ...rest }) => rest);
    // A row that is there once has nothing to filter, to order or to cut.
    return args.map(({ include }) => (include ? { include } : {}));
  }
}

/** Conditions on what a path leads to in a JSON document. */
function jsonPath(value: fc.Arbitrary<unknown>): fc.Arbitrary<Where> {
  const path = fc.constantFrom(
    ['a'],
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['a', '0'],
    ['0'],
    ['3', '0'],
    ['key "with" quotes'],
    ['z'],
  );
  const word = fc.constantFrom('', 'text', 'tex', 'xt', 'Élodie', "it's");
  const lookup = fc.oneof(
    fc.tuple(fc.constantFrom('equals', 'not'), value),
    fc.tuple(fc.constantFrom('string_contains', 'string_starts_with', 'string_ends_with'), word),
    fc.tuple(fc.constantFrom('lt', 'lte', 'gt', 'gte'), fc.constantFrom(0, 1, 2.5, -1.5, 1e21)),
    fc.tuple(fc.constant('array_contains'), fc.constantFrom([1], ['a'], [true], [])),
  );
  return fc.tuple(path, lookup).map(([path, [name, given]]) => ({ path, [name]: given }));
}

export function scalars(model: ModelMetadata): ScalarField[] {
  return Object.values(model.fields).filter((field): field is ScalarField => field.kind === 'scalar');
}

export function relations(model: ModelMetadata): RelationField[] {
  return Object.values(model.fields).filter((field): field is RelationField => field.kind === 'relation');
}
