import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Count, F, Lower, Q, RowNumber, Value, Window } from '../expressions/index.js';
import { Prefetch } from './prefetch-argument.js';
import type { QuerySet } from './query-set.js';
import { useQuerySets } from './query-sets.spec-support.js';

const isLong = process.env.QUINTET_LONG === '1';
/** How many random texts are tried, each in one of the places. */
const numRuns = Number(process.env.QUINTET_INJECTION_RUNS ?? (isLong ? 50_000 : 600));
const { QUINTET_SEED: seed } = process.env;

const hostile = fc.oneof(
  // PostgreSQL stores no NUL in a text.
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom(...Array.from(`"'\`\\;-$?.:,()[]{}%_*/ab1 \n`)), maxLength: 12 }),
  fc
    .tuple(
      fc.constantFrom('id', 'name', 'publisher', 'authors', 'meta', 'pubdate', 'pk'),
      fc.string({ unit: fc.constantFrom(...Array.from(`"'.-_$ :a`)) }),
    )
    .map(([name, rest]) => name + rest),
  fc.constantFrom(
    `"; drop table shop_book; --`,
    `' or 1=1 --`,
    `') or pg_sleep(9)::text = ('`,
    `\\'; select 1; --`,
    `x" from shop_book; drop table shop_book; --`,
    '$1',
    '$$',
    '?',
    '??',
    ':name',
    '/*',
    '*/',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    `id"`,
    'a.b',
    '.',
    '..',
    '-',
    '--',
    '?-',
    '`x`',
    '{"a":1}',
    'AND',
    'some',
    'equals',
    'publisher.books.publisher.name',
    'id; delete from shop_book',
  ),
);

type Books = QuerySet<'Book'>;
type Place = (text: string, sets: ReturnType<typeof useQuerySets>) => unknown;

/** A statement with a text for a value is the same statement with any other one. */
function isBound(query: (text: string) => { toSQL(): { sql: string } }, text: string): void {
  expect(query(text).toSQL().sql).toBe(query('harmless').toSQL().sql);
}

/** Where a text is a value: it is found as it is, or it finds nothing. */
const values: Record<string, Place> = {
  async 'a value'(text, { of }) {
    const query = (given: string) =>
      of('Publisher')
        .annotate({ text: Value(given) })
        .filter({ text: given, OR: [{ name: { contains: given } }, { name: { not: { iexact: given } } }] })
        .valuesList('text', { flat: true })
        .slice(0, 1);
    isBound(query, text);
    expect(await query(text)).toEqual([text]);
  },
  async 'a list of values'(text, { of }) {
    const query = (given: string) => of('Publisher').filter({ name: { notIn: [given, `${given}!`] } });
    isBound(query, text);
    expect((await query(text)).length).toBeGreaterThan(0);
  },
  async 'a part of a text'(text, { of }) {
    const query = (given: string) =>
      of('Publisher')
        .annotate({ text: Value(`<${text}>`) })
        .filter({
          AND: [
            { text: { contains: given } as never },
            { text: { startsWith: `<${given}` } as never },
            { text: { endsWith: `${given}>` } as never },
          ],
        });
    isBound(query, text);
    expect((await query(text)).length).toBeGreaterThan(0);
  },
  async 'a value in an expression'(text, { of }) {
    const query = (given: string) =>
      of('Book')
        .annotate({ lower: Lower(Value(given)) })
        .filter(Q({ name: given }).not())
        .slice(0, 1);
    isBound(query, text);
    expect(await query(text)).toHaveLength(1);
  },
  async 'a value within JSON'(text, { of }) {
    const query = (given: string) => of('Book').filter({ meta: { path: ['a'], equals: given } });
    isBound(query, text);
    await query(text);
    await of('Book').filter({ tags: { contains: text } });
  },
  async 'a value that is written'(text, { of, undone }) {
    await undone(async () => {
      const name = Array.from(text).slice(0, 100).join('');
      const { id } = await of('Publisher').create({ name, numAwards: 0 });
      expect(
        await of('Publisher')
          .filter({ id })
          .update({ name: Value(name), numAwards: 1 }),
      ).toBe(1);
      const [other] = await of('Publisher').bulkCreate([{ name, numAwards: 1 }]);
      await of('Publisher').bulkUpdate([{ id, name: '' }], ['name']);
      await of('Publisher').save({ id, name });
      const names = of('Publisher')
        .filter({ id: { in: [id, other!.id] } })
        .valuesList('name', { flat: true });
      expect(await names).toEqual([name, name]);
    });
  },
};

/** Where a text is a name: it is one, or a `FieldError` says that it is none. */
const names: Record<string, (books: Books, text: string) => PromiseLike<unknown>> = {
  'a field': (books, text) => books.filter({ [text]: 1 }),
  'a path': (books, text) => books.filter({ [`publisher.${text}`]: 1 }),
  'a path within a condition': (books, text) => books.filter({ publisher: { [text]: 1 } }),
  'a path to many': (books, text) => books.filter({ authors: { some: { [text]: 1 } } }),
  'a lookup': (books, text) => books.filter({ name: { [text]: 'x' } }),
  'an order': (books, text) => books.orderBy(text as 'id'),
  'an order downwards': (books, text) => books.orderBy(`-${text}` as 'id'),
  'a value of a row': (books, text) => books.values(text as 'id'),
  'a field to load': (books, text) => books.only(text as 'id'),
  'a field not to load': (books, text) => books.defer(text as 'id'),
  'a distinct field': (books, text) => books.orderBy().distinct(text as 'id'),
  'a reference': (books, text) => books.annotate({ x: F(text) } as never),
  'an operand': (books, text) => books.annotate({ x: Count(F(text)) } as never),
  'what is counted': (books, text) => books.aggregate({ x: Count(text) } as never),
  'what a window parts': (books, text) =>
    books.annotate({ x: Window(RowNumber(), { partitionBy: text, orderBy: text }) } as never),
  'a relation to join': (books, text) => books.selectRelated(text as 'publisher'),
  'a relation to prefetch': (books, text) => books.prefetchRelated(text),
  'a field to update': (books, text) => books.filter({ id: -1 }).update({ [text]: 1 }),
  'a field to write in bulk': (books, text) => books.bulkUpdate([{ id: -1 }], [text]),
  'a date': (books, text) => books.dates(text, 'year'),
  'an order within JSON': (books, text) => books.orderBy(`meta.${text}` as 'meta'),
};

/** What a name may be refused with: it is no name, or one of something that cannot stand there. */
const refusals = new Set([
  'FieldError',
  'FieldDoesNotExistError',
  'InvalidValueError',
  'InvalidQueryError',
  'NotSupportedError',
]);

const byName: Record<string, Place> = Object.fromEntries(
  Object.entries(names).map(([place, query]) => [
    place,
    (text, { of, undone }) => undone(async () => query(of('Book'), text)),
  ]),
);

/** Places that may refuse a text before anything is sent; what is sent the database must take. */
function refusing(places: Record<string, Place>): Record<string, Place> {
  const entries = Object.entries(places).map(([name, place]): [string, Place] => [
    name,
    async (text, sets) => {
      try {
        await place(text, sets);
      } catch (error) {
        if (!refusals.has((error as Error).name)) throw error;
        expect((error as Error).message).toMatch(/./);
      }
    },
  ]);
  return Object.fromEntries(entries);
}

/** Where a text is a name of the program's own: it comes back as it is, or is refused. */
const ownNames: Record<string, Place> = {
  async 'the name of an annotation'(text, { of }) {
    const name = `x${text}`;
    const query = of('Book')
      .annotate({ [name]: Count('authors') })
      .filter({ [name]: { gte: 0 } })
      .orderBy(name as 'id', 'id')
      .slice(0, 1);
    const row = (await query)[0] as Record<string, unknown>;
    expect(row[name]).toEqual(expect.any(Number));
    const [value] = (await of('Book')
      .values({ [name]: Lower('name') } as never)
      .slice(0, 1)) as Record<string, unknown>[];
    expect(Object.keys(value!)).toEqual([name]);
  },
  async 'the name of an aggregate'(text, { of }) {
    const found = (await of('Book').aggregate({ [`x${text}`]: Count('id') } as never)) as Record<
      string,
      unknown
    >;
    expect(found).toEqual({ [`x${text}`]: 18 });
  },
  async 'the attribute of what is prefetched'(text, { of }) {
    const name = `x${text}`;
    const query = of('Book')
      .filter({ id: 1 })
      .prefetchRelated(Prefetch('authors', { toAttr: name }));
    const [row] = (await query) as unknown as Record<string, unknown>[];
    expect(row![name]).toHaveLength(2);
  },
  async 'a key of JSON'(text, { of }) {
    const query = (given: string) => of('Book').filter({ meta: { path: [given, given], equals: given } });
    isBound(query, text);
    await query(text);
  },
};

describe('QuerySet', () => {
  const sets = useQuerySets();
  const places = { ...values, ...refusing(byName), ...refusing(ownNames) };

  it(
    'takes any text in any place for what it is',
    async () => {
      const before = await sets.of('Book').count();
      await fc.assert(
        fc.asyncProperty(
          hostile,
          fc.constantFrom(...Object.keys(places)),
          (text, place) => places[place]!(text, sets) as Promise<void>,
        ),
        { numRuns, ...(seed !== undefined && { seed: Number(seed) }) },
      );
      expect(await sets.of('Book').count()).toBe(before);
    },
    isLong ? 3_600_000 : 120_000,
  );
});
