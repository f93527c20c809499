import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { useQuerySets } from './query-sets.spec-support.js';

/** How many random conditions are tried; `npm test` tries a few of them. */
const numRuns = Number(process.env.QUINTET_DIFFERENTIAL_RUNS ?? 150);

type Where = Record<string, unknown>;

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 6 });
const list = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3 });

function ordered(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const one = fc.oneof(
    ...['equals', 'lt', 'lte', 'gt', 'gte', 'not'].map((name) => value.map((given) => ({ [name]: given }))),
    list(value).map((given) => ({ in: given })),
    list(value).map((given) => ({ notIn: given })),
  );
  return fc.oneof(
    value,
    one,
    // Prisma takes `not` inside of `not` for one of them.
    one.filter((given) => !('not' in (given as object))).map((given) => ({ not: given })),
    fc.tuple(one, one).map(([left, right]) => ({ ...(left as object), ...(right as object) })),
  );
}

// Prisma gives the wildcards of LIKE in a text their meaning; we find them as the letters that they are.
const word = fc.constantFrom('a', 'Ada', 'e', 'Élodie', 'and', '', 'paid', 'x.example', "O'Hara", '東京');
const text = fc.oneof(
  ordered(word),
  fc
    .tuple(fc.constantFrom('contains', 'startsWith', 'endsWith', 'equals'), word, fc.boolean())
    .map(([name, given, insensitive]) => ({ [name]: given, ...(insensitive && { mode: 'insensitive' }) })),
);
const number = ordered(fc.integer({ min: -5, max: 700 }));
const decimal = ordered(fc.constantFrom('30', '23.09', '0', '11.5', '100'));
const moment = ordered(
  fc.date({ min: new Date('2005-01-01'), max: new Date('2025-01-01'), noInvalidDate: true }),
);
const nullable = (value: fc.Arbitrary<unknown>) => orNull(fc.oneof(value, fc.constant({ not: null })));

/** Conditions on a model: its columns, its relations down to a depth, and their combinations. */
function whereOf(
  columns: Record<string, fc.Arbitrary<unknown>>,
  relations: () => Record<string, fc.Arbitrary<unknown>>,
) {
  return (depth: number): fc.Arbitrary<Where> => {
    const fields = { ...columns, ...(depth > 0 ? relations() : {}) };
    const single = fc.oneof(
      ...Object.entries(fields).map(([name, value]) => value.map((given) => ({ [name]: given }))),
    );
    const pair = fc.tuple(single, single).map(([left, right]) => ({ ...left, ...right }));
    if (depth === 0) return fc.oneof(single, pair);
    const combined = fc
      .tuple(fc.constantFrom('AND', 'OR', 'NOT'), fc.array(fc.oneof(single, pair), { maxLength: 3 }), single)
      .map(([name, given, other]) => ({ [name]: given, ...other }));
    return fc.oneof(single, pair, combined);
  };
}

const toMany = (where: fc.Arbitrary<Where>) =>
  fc.tuple(fc.constantFrom('some', 'every', 'none'), where).map(([name, given]) => ({ [name]: given }));
const toOne = (where: fc.Arbitrary<Where>, isOptional: boolean) =>
  fc.oneof(
    where,
    fc
      .tuple(fc.constantFrom('is', 'isNot'), isOptional ? orNull(where) : where)
      .map(([name, given]) => ({ [name]: given })),
  );

const author = whereOf({ name: text, age: number, email: nullable(text) }, () => ({}));
const publisher = whereOf({ name: text, numAwards: number }, () => ({ books: toMany(book(0)) }));
const book = whereOf(
  { name: text, pages: number, price: decimal, pubdate: moment, contactId: nullable(number) },
  () => ({
    authors: toMany(author(0)),
    publisher: toOne(publisher(0), false),
    contact: toOne(author(0), true),
  }),
);
const order = whereOf({ status: text, totalPrice: decimal, placedAt: moment, note: nullable(text) }, () => ({
  items: toMany(whereOf({ quantity: number, unitPrice: decimal }, () => ({}))(0)),
}));

describe('QuerySet.filter()', () => {
  const sets = useQuerySets();
  const models = { Author: author(1), Publisher: publisher(1), Book: book(1), Order: order(1) } as const;

  for (const [model, where] of Object.entries(models)) {
    it(`means what Prisma's where means: ${model}`, async () => {
      await fc.assert(
        fc.asyncProperty(where, fc.boolean(), fc.nat(5), async (given, isDescending, skip) => {
          const client = sets.shop.prisma as unknown as Record<
            string,
            { findMany(args: object): Promise<unknown[]> }
          >;
          const expected = await client[model.toLowerCase()]!.findMany({
            where: given,
            orderBy: { id: isDescending ? 'desc' : 'asc' },
            skip,
            take: 6,
          });
          const query = sets
            .of(model as 'Book')
            .filter(given)
            .orderBy(isDescending ? '-id' : 'id')
            .slice(skip, skip + 6);
          expect(await query).toEqual(expected);
        }),
        { numRuns },
      );
    });
  }
});
