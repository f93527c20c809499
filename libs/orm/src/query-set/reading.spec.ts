import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '../../../../test/support/database.js';
import {
  DoesNotExistError,
  FieldError,
  InvalidQueryError,
  MultipleObjectsReturnedError,
  NotSupportedError,
} from '../errors.js';
import { initialState } from '../query/state.js';
import { Concat, Value } from '../expressions/index.js';
import { Prefetch } from './prefetch-argument.js';
import { QuerySet } from './query-set.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet', () => {
  const sets = useQuerySets();
  const { of, undone } = sets;

  async function statementsOf(fn: () => Promise<unknown>): Promise<number> {
    let count = 0;
    using _ = sets.shop.database.observe({ statement: () => void count++ });
    await fn();
    return count;
  }

  it('is read once', async () => {
    const query = of('Publisher').orderBy('id');
    expect(
      await statementsOf(async () => [await query, await query, await query.count(), await query.exists()]),
    ).toBe(1);
    expect(await statementsOf(async () => [await query.all()])).toBe(1);
  });

  it('iterates', async () => {
    const names: string[] = [];
    for await (const { name } of of('Publisher').orderBy('id').slice(0, 2)) names.push(name);
    expect(names).toEqual(['Nordlicht Verlag', 'Blue Heron Press']);
  });

  it('gets the one row', async () => {
    expect(await of('Book').get({ isbn: '9780000000011' })).toEqual(
      await sets.shop.prisma.book.findUnique({ where: { isbn: '9780000000011' } }),
    );
    await expect(of('Book').get({ id: 999 })).rejects.toThrow(DoesNotExistError);
    await expect(of('Book').get({ price: '30.00' })).rejects.toThrow(MultipleObjectsReturnedError);
  });

  it('finds the first and the last row', async () => {
    expect((await of('Book').orderBy('-pages').first())?.pages).toBe(1132);
    expect((await of('Book').last())?.id).toBe(18);
    expect(await of('Book').filter({ pages: -1 }).first()).toBeNull();
  });

  it('slices', async () => {
    const ids = of('Book').orderBy('id').valuesList('id', { flat: true });
    expect(await ids.slice(2, 10).slice(1, 3)).toEqual([4, 5]);
    expect(await ids.slice(16)).toEqual([17, 18]);
    expect(await ids.slice(4, 4)).toEqual([]);
    expect(await ids.slice(15, 30).count()).toBe(3);
    expect(() => ids.slice(0, 1).filter({ id: 1 })).toThrow('filter() cannot follow slice()');
  });

  it('finds rows that are distinct by a key inside of JSON, in its order', () =>
    undone(async () => {
      const prices = [12, 12, 7, 30];
      for (const [index, price] of prices.entries())
        await of('Book')
          .filter({ id: index + 1 })
          .update({ meta: { sale: { price } } });
      const found = of('Book').filter({ id: { lte: 4 } });
      const cheap = found.orderBy('meta.sale.price', '-id').distinct('meta.sale.price');
      expect((await cheap).map(({ id }) => id)).toEqual([3, 2, 4]);
      expect(await cheap.reverse().valuesList('id', { flat: true })).toEqual([4, 1, 3]);
      expect(await cheap.count()).toBe(3);
      const labelled = found.annotate({ label: Concat('isbn', Value('!')) }).orderBy('label', 'id');
      expect((await labelled.distinct('label')).map(({ id, label }) => [id, label.at(-1)])).toHaveLength(4);
    }));

  it('brings to-one relations along', async () => {
    const rows = await of('Book').selectRelated('publisher', 'contact').orderBy('id');
    expect(rows).toEqual(
      await sets.shop.prisma.book.findMany({
        include: { publisher: true, contact: true },
        orderBy: { id: 'asc' },
      }),
    );
    await expect(of('Book').selectRelated('authors')).rejects.toThrow(FieldError);
  });

  it('prefetches relations, one statement each', async () => {
    const query = of('Publisher').prefetchRelated('books.authors').orderBy('id');
    expect(await statementsOf(() => Promise.resolve(query))).toBe(3);
    const expected = await sets.shop.prisma.publisher.findMany({
      include: { books: { include: { authors: true } } },
      orderBy: { id: 'asc' },
    });
    expect(await query).toEqual(expected);
  });

  it('prefetches so many rows of each parent', async () => {
    const dearest = of('Book').orderBy('-price', 'id').slice(0, 2);
    const rows = await of('Publisher')
      .prefetchRelated(Prefetch('books', { queryset: dearest, toAttr: 'dearest' }))
      .orderBy('id');
    expect(rows.map((row) => row.dearest.map((book) => book.id))).toEqual(
      await Promise.all(
        rows.map(async ({ id }) =>
          of('Book')
            .filter({ publisher: id })
            .orderBy('-price', 'id')
            .slice(0, 2)
            .valuesList('id', { flat: true }),
        ),
      ),
    );
  });

  it('loads only some fields', async () => {
    expect(await of('Publisher').only('name').get({ id: 1 })).toEqual({ id: 1, name: 'Nordlicht Verlag' });
    expect(await of('Publisher').defer('name').get({ id: 1 })).toEqual({ id: 1, numAwards: 3 });
  });

  it('locks rows', async () => {
    const query = of('Book')
      .filter({ publisher: { name: 'Empty Shelf' } })
      .selectForUpdate({ skipLocked: true });
    expect(query.toSQL().sql).toMatch(/ for update of "t0" skip locked$/);
    expect(await query).toEqual([]);
  });

  it('is explained', async () => {
    const query = of('Book').filter({ pages: { gt: 300 } });
    expect(await query.explain()).toMatch(/Seq Scan on shop_book/);
    expect(await query.explain({ analyze: true })).toMatch(/actual/);
    expect(await query.explain({ format: 'json' })).toContain('"Node Type": "Seq Scan"');
    await expect(query.explain({ format: 'text) delete' as 'text' })).rejects.toThrow(NotSupportedError);
  });

  it('is sent to another database by its alias', async () => {
    const replica = await createTestDatabase();
    const databases = { get: () => replica.database };
    const books = new QuerySet<'Book'>({ database: sets.shop.database, databases }, initialState('Book'));
    await replica.database.execute('DELETE FROM shop_orderitem', []);
    await replica.database.execute('DELETE FROM shop_book WHERE id > 3', []);
    expect([await books.count(), await books.using('replica').count()]).toEqual([18, 3]);
    const authors = await books.using('replica').orderBy('-id').prefetchRelated('authors').first();
    expect(authors?.id).toBe(3);
    expect(() => of('Book').using('replica')).toThrow(InvalidQueryError);
    await replica.close();
  });
});
