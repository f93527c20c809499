import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { initialState } from '../query/state.js';
import { QuerySet } from './query-set.js';

function behavesAsIterator(open: () => TestDatabase): void {
  const books = () => new QuerySet<'Book'>({ database: open().database }, initialState('Book'));
  const idsOf = async (rows: AsyncIterable<{ id: number }>): Promise<number[]> => {
    const ids: number[] = [];
    for await (const row of rows) ids.push(row.id);
    return ids;
  };

  it('gives the rows in order, chunk by chunk', async () => {
    const query = books()
      .filter({ pages: { gt: 100 } })
      .orderBy('-price', 'id');
    expect(await idsOf(query.iterator({ chunkSize: 4 }))).toEqual((await query).map((row) => row.id));
    expect(await idsOf(books().none().iterator())).toEqual([]);
  });

  it('reads no more than it is asked for', async () => {
    const statements: string[] = [];
    using _ = open().database.observe({ statement: ({ sql }) => void statements.push(sql.split(' ')[0]!) });
    for await (const row of books().orderBy('id').iterator({ chunkSize: 5 })) if (row.id === 7) break;
    expect(statements.filter((word) => word === 'FETCH')).toHaveLength(2);
    expect(statements).toContain('CLOSE');
  });

  it('loads relations chunk by chunk, and lets other queries pass meanwhile', async () => {
    const { database } = open();
    const names: string[] = [];
    for await (const book of books().prefetchRelated('authors').orderBy('id').iterator({ chunkSize: 7 })) {
      names.push(`${book.id}:${book.authors.length}:${await books().filter({ id: book.id }).count()}`);
    }
    const all = await books().prefetchRelated('authors').orderBy('id');
    expect(names).toEqual(all.map((book) => `${book.id}:${book.authors.length}:1`));
    const sums = await database.atomic(() => idsOf(books().iterator({ chunkSize: 3 })));
    expect(sums).toHaveLength(18);
  });

  it('tells the tables that it reads, and writes none', async () => {
    const reads = new Set<string>();
    const writes = new Set<string>();
    using _ = open().database.observe({
      statement(event) {
        for (const table of event.reads) reads.add(table);
        for (const table of event.writes) writes.add(table);
      },
    });
    await idsOf(books().iterator());
    expect([[...reads], [...writes]]).toEqual([['shop_book'], []]);
  });
}

describe('QuerySet.iterator()', () => {
  let shop: TestDatabase;
  beforeAll(async () => (shop = await createTestDatabase()));
  afterAll(() => shop.close());
  behavesAsIterator(() => shop);
});

describeWith('postgres', 'QuerySet.iterator() on a PostgreSQL server', (servers) => {
  let shop: TestDatabase;
  beforeAll(async () => (shop = await createTestDatabase({ server: servers.postgres })));
  afterAll(() => shop.close());
  behavesAsIterator(() => shop);

  if (process.env.QUINTET_LONG !== '1') return;
  it('goes through a million rows in constant memory', async () => {
    const { database } = shop;
    await database.execute(
      `INSERT INTO shop_author (name, age) SELECT 'Author ' || i, i % 90 FROM generate_series(1, 1000000) AS i`,
      [],
    );
    const authors = new QuerySet<'Author'>({ database }, initialState('Author'));
    const heap = (): number => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const before = heap();
    let rows = 0;
    let most = 0;
    for await (const author of authors.orderBy('-id').iterator()) {
      rows += author.id > 0 ? 1 : 0;
      if (rows % 100_000 === 0) most = Math.max(most, heap() - before);
    }
    process.stdout.write(`iterator(): ${rows} rows, at most ${most.toFixed(1)} MB more on the heap\n`);
    expect(rows).toBe(1_000_012);
    expect(most).toBeLessThan(40);
  }, 300_000);
});
