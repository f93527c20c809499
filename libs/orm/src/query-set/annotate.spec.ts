import { describe, expect, it } from '@jest/globals';
import { InvalidValueError } from '../errors.js';
import {
  Avg,
  Case,
  Coalesce,
  Count,
  ExtractMonth,
  F,
  FilteredRelation,
  Func,
  Max,
  Q,
  RawSQL,
  sql,
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
      .filter({ numAwards: { gte: 0 } })
      .orderBy('id');
    expect(query.toSQL().sql).toBe(
      'select "t0"."id", "t0"."name", "t0"."num_awards", "t1"."c0", "t1"."c1" from "shop_publisher" as "t0" ' +
        'inner join lateral (select count("t2"."id") as "c0", sum("t2"."pages") as "c1" from "shop_book" as "t2" ' +
        'where "t2"."publisher_id" = "t0"."id") as "t1" on true where "t0"."num_awards" >= $1 order by "t0"."id" asc',
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

  it('aggregates the related rows that conditions before it have chosen', async () => {
    const good = { 'books.rating': { gte: 4 } };
    const counted = of('Publisher').annotate({ n: Count('books') });
    const before = of('Publisher')
      .filter(good)
      .annotate({ n: Count('books') })
      .orderBy('id');
    expect((await before).map((row) => [row.id, row.n])).toEqual([
      [1, 4],
      [3, 4],
      [4, 1],
    ]);
    const after = counted.filter(good).orderBy('id');
    expect((await after).map((row) => [row.id, row.n])).toEqual([
      [1, 4],
      [3, 4],
      [4, 3],
    ]);
    const some = of('Publisher').filter({ books: { some: { rating: { gte: 4 } } } });
    expect((await some.annotate({ n: Count('books') }).orderBy('id')).map((row) => row.n)).toEqual([4, 4, 3]);
    expect(
      await of('Publisher')
        .filter(good)
        .aggregate({ n: Count('books') }),
    ).toEqual({ n: 9 });
    expect(await some.aggregate({ n: Count('books') })).toEqual({ n: 11 });
  });

  it('groups by values without multiplying the rows of several relations', async () => {
    const grouped = of('Publisher')
      .filter({ id: { in: [1, 2, 3] } })
      .values('numAwards')
      .annotate({
        rows: Count(),
        titles: Count('books'),
        pages: Sum('books.pages'),
        writers: Count('books.authors'),
      })
      .orderBy('numAwards');
    const each = await of('Publisher')
      .filter({ id: { in: [1, 2, 3] } })
      .annotate({ titles: Count('books'), pages: Sum('books.pages'), writers: Count('books.authors') })
      .orderBy('numAwards');
    expect(await grouped).toEqual(
      each.map(({ numAwards, titles, pages, writers }) => ({ numAwards, rows: 1, titles, pages, writers })),
    );
    const [first] = await grouped.filter({ writers: { gt: 2 } }).slice(0, 1);
    expect(first).toEqual((await grouped).find(({ writers }) => writers > 2));
  });

  it('sees the rows of a filtered relation alone', async () => {
    const good = FilteredRelation('books', { condition: Q({ 'books.rating': { gte: 4 } }) });
    const publishers = of('Publisher').annotate({ good });
    const counted = await publishers.annotate({ n: Count('good'), dearest: Max('good.price') }).orderBy('id');
    expect(counted.map((row) => row.n)).toEqual([4, 0, 4, 1, 0, 0, 0]);
    expect('good' in counted[0]!).toBe(false);
    const dear = await publishers.filter({ 'good.price': { gt: 70 } }).orderBy('id');
    expect(dear.map((row) => row.id)).toEqual([3, 4]);
    const writers = FilteredRelation('authors', { condition: Q({ 'authors.age': { gte: 45 } }) });
    const pairs = await of('Book')
      .annotate({ writers })
      .orderBy('id', 'writers.id')
      .values('id', 'writers.name', 'writers.age');
    const every = await of('Book').orderBy('id', 'authors.id').values('id', 'authors.name', 'authors.age');
    expect(new Set(pairs.map((pair) => pair.id)).size).toBe(18);
    expect(pairs.filter((pair) => pair['writers.age'] !== null)).toHaveLength(
      every.filter((pair) => (pair['authors.age'] ?? 0) >= 45).length,
    );
    expect(() => publishers.filter({ 'nope.price': 1 } as never).toSQL()).toThrow(/"nope"/);
  });

  it('calls functions by name and takes SQL written by hand', async () => {
    const names = await of('Publisher')
      .filter({ id: { lte: 2 } })
      .annotate({
        initials: sql`left(${F('name')}, ${2})`.as('String'),
        reversed: Func('reverse', ['name'], { as: 'String' }),
        twice: RawSQL('num_awards * %s', [2], 'Int'),
      })
      .orderBy('id');
    expect(names.map(({ initials, reversed, twice }) => [initials, reversed, twice])).toEqual([
      ['No', 'galreV thcildroN', 6],
      ['Bl', 'sserP noreH eulB', 2],
    ]);
    expect(() => Func('lower(name); --', ['name'])).toThrow(InvalidValueError);
    const text = "x'; drop table shop_book; --";
    expect(
      await of('Book')
        .annotate({ text: sql`${text}`.as('String') })
        .filter({ text })
        .count(),
    ).toBe(18);
  });
});
