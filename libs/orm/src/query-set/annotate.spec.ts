import { describe, expect, it } from '@jest/globals';
import { InvalidValueError } from '../errors.js';
import {
  Avg,
  Case,
  Coalesce,
  Count,
  ExtractMonth,
  F,
  Max,
  Q,
  Sum,
  TruncMonth,
  Value,
  When,
} from '../expressions/index.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet.annotate()', () => {
  const sets = useQuerySets();
  const { of } = sets;

  it('computes aggregates over one relation in one subquery', async () => {
    const query = of('Publisher')
      .annotate({ n: Count('books'), pages: Sum('books.pages') })
      .orderBy('id');
    expect(query.toSQL().sql).toBe(
      'select "t0"."id", "t0"."name", "t0"."num_awards", "t1"."c0", "t1"."c1" from "shop_publisher" as "t0" ' +
        'inner join lateral (select count("t2"."id") as "c0", sum("t2"."pages") as "c1" from "shop_book" as "t2" ' +
        'where "t2"."publisher_id" = "t0"."id") as "t1" on true order by "t0"."id" asc',
    );
    expect((await query).map(({ n, pages }) => [n, pages])).toContainEqual([0, null]);
  });

  it('computes aggregates over several relations apart', async () => {
    const rows = await of('Book')
      .filter({ id: { in: [1, 3, 5, 15] } })
      .annotate({ authors_: Count('authors'), stores_: Count('stores') })
      .orderBy('id');
    expect(rows.map((row) => [row.id, row.authors_, row.stores_])).toEqual([
      [1, 2, 3],
      [3, 3, 3],
      [5, 2, 2],
      [15, 0, 1],
    ]);
  });

  it('filters, orders and computes by annotations', async () => {
    const query = of('Publisher')
      .annotate({ n: Count('books') })
      .annotate({ score: F('n').mul(10).add(F('numAwards')) })
      .filter({ n: { gt: 2 }, score: { gte: F('numAwards') } })
      .orderBy('-score');
    expect((await query).map((row) => row.score)).toEqual([47, 43, 37, 31]);
  });

  it('filters what an aggregate counts by the rows that it counts', async () => {
    const rows = await of('Publisher')
      .annotate({ good: Count('books', { filter: Q({ 'books.rating': { gte: 4 } }) }) })
      .orderBy('id')
      .valuesList('good', { flat: true });
    const counted = await sets.shop.prisma.publisher.findMany({
      select: { _count: { select: { books: { where: { rating: { gte: 4 } } } } } },
      orderBy: { id: 'asc' },
    });
    expect(rows).toEqual(counted.map(({ _count }) => _count.books));
  });

  it('groups by values()', async () => {
    const query = of('Order')
      .values('status')
      .annotate({ n: Count(), total: Sum('totalPrice'), mean: Avg('totalPrice') })
      .filter({ n: { gt: 2 } })
      .orderBy('status');
    expect(query.toSQL().sql).toBe(
      'select "t0"."status", count(*), sum("t0"."total_price"), avg("t0"."total_price") from "shop_order" as "t0" ' +
        'group by 1 having count(*) > $1 order by 1 asc',
    );
    const rows = await query;
    expect(rows.map((row) => [row.status, row.n, row.total?.toString()])).toEqual([
      ['new', 3, '69.37'],
      ['paid', 8, '499.42'],
      ['shipped', 3, '41.14'],
    ]);
  });

  it('groups by computed values', async () => {
    const rows = await of('Order')
      .annotate({ month: TruncMonth('placedAt') })
      .values('status', 'month')
      .annotate({
        n: Count(),
        discounted: Count('*', { filter: Q({ discountedPrice: { lt: F('totalPrice') } }) }),
      })
      .orderBy('month', 'status');
    expect(rows[0]).toEqual({ status: 'paid', month: new Date('2023-01-01'), n: 1, discounted: 1 });
  });

  it('chooses by conditions', async () => {
    const size = Case([When({ pages: { gte: 300 } }, 'big')], { default: Value('small') });
    const rows = await of('Book').values({ size }).annotate({ n: Count() }).orderBy('size');
    expect(rows).toEqual([
      { size: 'big', n: 9 },
      { size: 'small', n: 9 },
    ]);
  });

  it('is lazy: an annotation that nothing names costs nothing', async () => {
    expect(
      await of('Publisher')
        .annotate({ n: Count('books') })
        .count(),
    ).toBe(7);
    const sql = of('Publisher')
      .alias({ n: Count('books') })
      .toSQL().sql;
    expect(sql).toBe('select "t0"."id", "t0"."name", "t0"."num_awards" from "shop_publisher" as "t0"');
  });

  it('refuses the name of a field', () => {
    expect(() => of('Book').annotate({ name: Value('x') } as never)).toThrow(InvalidValueError);
  });
});

describe('QuerySet.aggregate()', () => {
  const sets = useQuerySets();
  const { of } = sets;

  it('computes over all rows', async () => {
    const result = await of('Book').aggregate({ n: Count(), longest: Max('pages'), mean: Avg('price') });
    const { _max, _avg } = await sets.shop.prisma.book.aggregate({
      _max: { pages: true },
      _avg: { price: true },
    });
    expect({ ...result, mean: result.mean?.toFixed(8) }).toEqual({
      n: 18,
      longest: _max.pages,
      mean: _avg.price?.toFixed(8),
    });
  });

  it('computes over a slice', async () => {
    const query = of('Book').orderBy('-price', 'id').slice(0, 3);
    expect((await query.aggregate({ total: Sum('price') })).total?.toString()).toBe('198.9');
  });

  it('computes over different relations apart', async () => {
    expect(await of('Store').aggregate({ stores: Count(), books: Count('books') })).toEqual({
      stores: 5,
      books: 23,
    });
  });

  it('computes over annotations', async () => {
    const query = of('Publisher').annotate({ n: Count('books') });
    expect(await query.aggregate({ total: Sum('n'), most: Max('n') })).toEqual({ total: 18, most: 4 });
  });

  it('sends nothing for no rows', async () => {
    const query = of('Book').none();
    expect(await query.aggregate({ n: Count(), s: Sum('pages'), d: Sum('pages', { default: 7 }) })).toEqual({
      n: 0,
      s: null,
      d: 7,
    });
  });

  it('replaces null by a value', async () => {
    const rows = await of('Publisher')
      .annotate({ pages: Coalesce(Sum('books.pages'), Value(0)), month: Max(ExtractMonth('books.pubdate')) })
      .filter({ id: 5 });
    expect(rows[0]).toMatchObject({ pages: 0, month: null });
  });
});
