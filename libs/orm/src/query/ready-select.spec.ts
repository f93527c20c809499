import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OperationNode } from 'kysely';
import type { Expression } from '../expressions/expression.js';
import { Avg, Count, F, Max, Q, Sum } from '../expressions/index.js';
import { useQuerySets } from '../query-set/query-sets.spec-support.js';
import { Decimal } from './decimal.js';
import { compileAggregation, compileCount, compileExists } from './aggregation.js';
import { compileSelect, type Parents } from './compiler.js';
import { statementFor } from './execute.js';
import { formOf } from './query-form.js';
import { readyAggregation, readyCount, readyExists, readySelect } from './ready-select.js';
import { readyRelated } from './ready-related.js';
import { readyUpdate } from './ready-update.js';
import { initialState, type QueryState } from './state.js';
import type { Statement } from './statement.js';
import { compileUpdate } from './update.js';

const sets = useQuerySets();

interface Query {
  readonly state: QueryState;
  toSQL(): { sql: string; parameters: readonly unknown[] };
}

/** What is sent for a query, or what it is refused with. */
function answer(ask: () => { sql: string; parameters: readonly unknown[] }): unknown {
  try {
    const { sql, parameters } = ask();
    return { sql, parameters };
  } catch (error) {
    return (error as Error).message;
  }
}

describe('readySelect()', () => {
  const books = (): any => sets.of('Book');
  const ready = ({ state }: Query) => readySelect(state, sets.shop.database);

  const values = fc.oneof(
    fc.constantFrom<unknown[]>(0, -1, 1.5, -0, 2 ** 31, -(2 ** 31), 2 ** 40, 1e300, Number.NaN, Infinity),
    fc.constantFrom<unknown[]>(
      '',
      '5',
      '%',
      '_a',
      '\\',
      '\u0001',
      '\u00010\u0001',
      '2020-02-30',
      '2020-02-03',
    ),
    fc.constantFrom<unknown[]>(5n, 2n ** 70n, new Decimal('1.5'), new Decimal('3'), new Decimal('1e40')),
    fc.constantFrom<unknown[]>(null, undefined, true, false, new Date(0), new Date(Number.NaN), [], [1], {}),
    fc.constantFrom<unknown[]>(F('pages'), Q({ id: 1 }), new Uint8Array([1])),
    fc.integer(),
    fc.string(),
  );
  const fields = fc.constantFrom(
    'id',
    'name',
    'pages',
    'rating',
    'price',
    'pubdate',
    'meta',
    'publisher',
    'contactId',
  );
  const lookups = fc.constantFrom(
    ...'equals exact not lt gte in notIn range isnull contains startsWith icontains iexact'.split(' '),
    ...'regex mode year path id search'.split(' '),
  );
  /** A filter as a function of its values, so that two of them have one form. */
  const leaf = fc
    .tuple(fields, fc.option(lookups), fc.boolean())
    .map(([field, lookup, isInsensitive]) => (value: unknown) => ({
      [field]: lookup ? { [lookup]: value, ...(isInsensitive && { mode: 'insensitive' }) } : value,
    }));
  const filters = fc
    .tuple(fc.constantFrom('plain', 'OR', 'NOT', 'some', 'is', 'Q'), leaf, leaf)
    .map(([kind, one, other]) => (a: unknown, b: unknown): object => {
      const both = { ...one(a), ...other(b) };
      if (kind === 'OR') return { OR: [one(a), other(b)] };
      if (kind === 'NOT') return { NOT: both };
      if (kind === 'some') return { authors: { some: { age: { gt: a }, name: b } } };
      if (kind === 'is') return { publisher: { name: { contains: a }, numAwards: b } };
      return kind === 'Q' ? Q(one(a)).or(other(b)).not() : both;
    });

  it('sends what a query is compiled to, whichever values came first', () => {
    let planned = 0;
    fc.assert(
      fc.property(
        filters,
        fc.tuple(values, values),
        fc.tuple(values, values),
        fc.option(fc.tuple(fc.nat(5), fc.nat(5))),
        (filter, first, second, slice) => {
          for (const given of [first, second, first]) {
            let query: Query;
            try {
              query = books()
                .filter(filter(...given))
                .orderBy('-pubdate', 'id');
              if (slice) query = (query as any).slice(slice[0], slice[0] + slice[1]);
            } catch {
              return;
            }
            if (formOf(query.state)) planned++;
            const compiled = answer(() => query.toSQL());
            const sent = answer(() => ready(query));
            // What is known to find nothing is not written out.
            if ((sent as { sql?: string }).sql !== '') expect(sent).toEqual(compiled);
          }
        },
      ),
      { numRuns: 1_500 * (process.env.QUINTET_LONG ? 25 : 1) },
    );
    expect(planned).toBeGreaterThan(700);
  });

  it('compiles a query once for all of its values', () => {
    const query = (n: number, text: string) =>
      books()
        .filter({ pages: { gt: n }, name: { contains: text }, publisher: { name: 'P' } })
        .orderBy('id')
        .slice(n, n + 5) as Query;
    const first = ready(query(1, 'a'));
    const second = ready(query(2, 'b%'));
    expect(second.reading).toBe(first.reading);
    expect(second.parameters).toEqual([2, '%b\\%%', 'P', 5, 2]);
  });

  /** What is compiled anew. */
  function compiledAnew(compile: (statement: Statement) => { node: OperationNode; isEmpty: boolean }) {
    const statement = statementFor(sets.shop.database);
    const { node, isEmpty } = compile(statement);
    return isEmpty ? { sql: '', parameters: [] } : statement.dialect.compile(node);
  }

  /** Queries that differ from each other in their values alone, and values for them. */
  const asked = fc.tuple(
    filters,
    fc.array(fc.tuple(values, values), { minLength: 3, maxLength: 3 }),
    fc.option(fc.tuple(fc.nat(5), fc.nat(5))),
  );

  /** Goes through many queries, each with several values; `compare` says whether there was something to compare. */
  function compareAll(compare: (query: Query, n: number) => void): void {
    fc.assert(
      fc.property(asked, ([filter, all, slice]) => {
        for (const [index, given] of all.entries()) {
          let query: any;
          try {
            query = books()
              .filter(filter(...given))
              .orderBy('-pubdate', 'id');
            if (slice) query = query.slice(slice[0], slice[0] + slice[1] + index);
          } catch {
            return;
          }
          compare(query as Query, index);
        }
      }),
      { numRuns: 400 * (process.env.QUINTET_LONG ? 25 : 1) },
    );
  }

  it('asks for numbers, existence and values over all rows as they are compiled', () => {
    const expressions = (n: number): ReadonlyMap<string, Expression> =>
      new Map<string, Expression>([
        ['number', Count()],
        ['sum', Sum(F('pages').add(n))],
        ['max', Max('price')],
        ['mean', Avg('pages')],
        ['distinct', Count('publisherId', { distinct: true })],
      ]);
    compareAll(({ state }, n) => {
      const { database } = sets.shop;
      for (const [ready, compile] of [
        [() => readyCount(state, database), (statement: Statement) => compileCount(state, statement)],
        [() => readyExists(state, database), (statement: Statement) => compileExists(state, statement)],
        [
          () => readyAggregation(state, expressions(n), database),
          (statement: Statement) => compileAggregation(state, expressions(n), statement),
        ],
      ] as const) {
        expect(answer(ready)).toEqual(answer(() => compiledAnew(compile)));
      }
    });
  });

  it('asks for related rows as they are compiled, however many parents there are', () => {
    const parents: Parents[] = [
      { paths: ['publisherId'], keys: [[1]] },
      { paths: ['publisherId'], keys: [[1, 2, 3]] },
      { paths: ['publisherId'], keys: [[4, 5]] },
      { paths: ['authors'], through: 'authors', keys: [[1, 2]] },
      { paths: ['publisherId', 'contactId'], keys: [[1, 2], [3]] },
      { paths: ['name'], keys: [['a', '\u00010\u0001']] },
    ];
    compareAll(({ state }) => {
      for (const some of parents) {
        const ready = answer(() => readyRelated(state, some, sets.shop.database));
        expect(ready).toEqual(
          answer(() => compiledAnew((statement) => compileSelect(state, statement, { parents: some }))),
        );
      }
    });
  });

  it('updates as it is compiled', () => {
    const updates = [
      (n: number) => ({ pages: n, name: `${n}` }),
      (n: number) => ({ pages: F('pages').add(n) }),
      (n: number) => ({ pages: F('pages').add(F('id').mul(n)).sub(1), meta: { n } }),
      (n: number) => ({ price: n / 2, contact: n, pubdate: new Date(n), isbn: undefined }),
      (n: number) => ({ rating: F('rating').mul(n + 0.5), contactId: n === 1 ? null : n }),
      (n: number) => ({ pages: n + 0.5 }),
      (n: number) => ({ mode: n }),
    ];
    compareAll(({ state }, n) => {
      for (const update of updates) {
        expect(answer(() => readyUpdate(state, update(n), sets.shop.database))).toEqual(
          answer(() => compiledAnew((statement) => compileUpdate(state, update(n), statement))),
        );
      }
    });
  });

  it('compiles annotated queries once for all of their values', () => {
    const publishers = (): any => sets.of('Publisher');
    const query = (n: number) =>
      publishers()
        .annotate({ n: Count('books'), worth: Sum(F('books.price').mul(n)) })
        .filter({ n: { gt: n }, worth: { lt: F('numAwards').add(n) } })
        .orderBy('id') as Query;
    const first = ready(query(1));
    const second = ready(query(2));
    expect(second.reading).toBe(first.reading);
    expect(answer(() => second)).toEqual(answer(() => query(2).toSQL()));
    const hidden = publishers()
      .alias({ n: Count('books') })
      .filter({ n: { gt: 2 } });
    const shown = publishers()
      .annotate({ n: Count('books') })
      .filter({ n: { gt: 2 } });
    expect(ready(hidden).sql).not.toBe(ready(shown).sql);
    expect(answer(() => ready(hidden))).toEqual(answer(() => hidden.toSQL()));
  });

  it('asks the default query of a related model each time', () => {
    const { database } = sets.shop;
    const query = () => books().filter({ publisher: { name: { contains: 'e' } }, pages: { gt: 7 } }) as Query;
    ready(query());
    ready(query());
    let least = 1;
    database.useDefault('Publisher', () => ({
      ...initialState('Publisher'),
      conditions: [Q({ numAwards: { gte: least } })],
    }));
    expect(ready(query()).parameters).toContain(1);
    least = 2;
    expect(ready(query()).parameters).toContain(2);
    database.useDefault('Publisher', () => initialState('Publisher'));
    expect(ready(query()).parameters).not.toContain(2);
  });

  it('gives rows of their own to queries of other forms', async () => {
    const queries = [
      books().filter({ id: 1 }),
      books().filter({ id: 1 }).values('id', 'name'),
      books().filter({ id: 1 }).values('idname'.slice(0, 2)),
      books().filter({ id: 1 }).valuesList('id', 'name'),
      books().filter({ id: 1 }).selectRelated('publisher'),
      books().filter({ id: 1 }).only('name'),
      books().exclude({ id: 1 }).orderBy('id').slice(0, 1),
      books().exclude({ id: 1 }).orderBy('-id').slice(0, 1),
      books().orderBy('id').reverse().slice(0, 1),
      books().orderBy('id').slice(1, 2),
    ];
    for (const query of queries) {
      const again = query.all();
      expect(await query).toEqual(await again);
      expect(answer(() => ready(query))).toEqual(answer(() => query.toSQL()));
    }
  });
});
