import { describe, expect, it } from '@jest/globals';
import { schema } from '../../../../../apps/bookshop/src/generated/quintet/index.js';
import type { Database, Dialect } from '../../database/database.js';
import { NotSupportedError } from '../../errors.js';
import {
  ArrayAgg,
  Count,
  Extract,
  F,
  Lower,
  MD5,
  Q,
  StringAgg,
  Sum,
  TruncMonth,
  Value,
} from '../../expressions/index.js';
import type { ModelName } from '../../metadata/register.js';
import { QuerySet } from '../../query-set/query-set.js';
import { initialState } from '../state.js';

/** Queries that are compiled and never sent. */
function queriesOf(dialect: Dialect): <M extends ModelName>(model: M) => QuerySet<M> {
  const database = {
    alias: 'default',
    dialect,
    schema,
    defaultState: () => undefined,
  } as unknown as Database;
  return (model) => new QuerySet({ database }, initialState(model));
}

const sqlOf = (query: { toSQL(): { sql: string } }): string =>
  query.toSQL().sql.replace(/^select .*? from /, 'select … from ');

describe('MysqlDialect', () => {
  const of = queriesOf('mysql');

  it('quotes names and compares texts as lookups say', () => {
    const query = of('Book').filter({ name: { contains: '50%' }, publisher: { name: { icontains: 'é' } } });
    expect(sqlOf(query)).toBe(
      'select … from `shop_book` as `t0` inner join `shop_publisher` as `t1` on `t1`.`id` = `t0`.`publisher_id` ' +
        'where `t0`.`name` like binary ? and lower(`t1`.`name`) like lower(?)',
    );
    expect(query.toSQL().parameters).toEqual(['%50\\%%', '%é%']);
  });

  it('computes aggregates in subqueries, without LATERAL and without FILTER', () => {
    const query = of('Publisher')
      .annotate({ good: Count('books', { filter: Q({ 'books.rating': { gte: 4 } }) }) })
      .values('good');
    expect(query.toSQL().sql).toBe(
      'select (select count(case when `t1`.`rating` >= ? then `t1`.`id` end) from `shop_book` as `t1` ' +
        'where `t1`.`publisher_id` = `t0`.`id`) from `shop_publisher` as `t0`',
    );
  });

  it('truncates and takes parts of dates, in a time zone too', () => {
    const month = of('Order').values({ month: TruncMonth('placedAt', { timeZone: 'Europe/Berlin' }) });
    expect(month.toSQL().sql).toBe(
      "select convert_tz(cast(date_format(convert_tz(`t0`.`placed_at`, 'UTC', ?), '%Y-%m-01 00:00:00.000') as datetime(3)), ?, 'UTC') " +
        'from `shop_order` as `t0`',
    );
    expect(sqlOf(of('Order').filter({ placedAt: { isoWeekDay: 7 } }))).toMatch(
      / where \(weekday\(`t0`\.`placed_at`\) \+ 1\) = \?$/,
    );
  });

  it('places nulls, skips rows and orders by chance', () => {
    const query = of('Author')
      .orderBy(F('email').desc({ nulls: 'last' }), '?')
      .slice(5);
    expect(sqlOf(query)).toBe(
      'select … from `shop_author` as `t0` order by `t0`.`email` is null, `t0`.`email` desc, rand() limit 18446744073709551615 offset ?',
    );
  });

  it('joins texts, and looks into documents', () => {
    const query = of('Publisher')
      .annotate({ titles: StringAgg('books.name', ', ') })
      .values('titles');
    expect(query.toSQL().sql).toContain('group_concat(`t1`.`name` separator cast(? as char))');
    expect(sqlOf(of('Book').filter({ 'meta.tags': 'sea' }))).toMatch(
      / where cast\(json_extract\(`t0`\.`meta`, \?\) as json\) = cast\(\? as json\)$/,
    );
    expect(sqlOf(of('Book').filter({ meta: { hasKey: 'a"b' } }))).toMatch(/json_contains_path/);
  });

  it('locks rows', () => {
    expect(of('Book').selectForUpdate({ skipLocked: true }).toSQL().sql).toMatch(
      / for update of `t0` skip locked$/,
    );
  });
});

describe('SqliteDialect', () => {
  const of = queriesOf('sqlite');

  it('finds texts with their capitals', () => {
    expect(sqlOf(of('Book').filter({ name: { contains: 'a', iendswith: '%' } }))).toMatch(
      / where instr\("t0"\."name", \?\) > 0 and "t0"\."name" like \? escape '\\'$/,
    );
  });

  it('binds decimals as numbers, moments as texts and truths as numbers', () => {
    const query = of('Order').filter({ totalPrice: { gt: '10.50' }, placedAt: { lt: '2024-01-01' } });
    expect(query.toSQL().parameters).toEqual([10.5, '2024-01-01T00:00:00.000+00:00']);
    expect(
      of('Order')
        .annotate({ yes: Value(true) })
        .filter({ yes: true })
        .toSQL().parameters,
    ).toEqual([1, 1, 1]);
  });

  it('divides decimals exactly, and groups by parts of dates', () => {
    const query = of('Order')
      .values({ quarter: Extract('placedAt', 'quarter') })
      .annotate({ half: Sum(F('totalPrice').div(2)) });
    expect(query.toSQL().sql).toBe(
      `select ((cast(strftime('%m', "t0"."placed_at") as integer) + 2) / 3), ` +
        `cast(sum((cast("t0"."total_price" as real) / cast(? as integer))) as text) from "shop_order" as "t0" group by 1`,
    );
  });

  it.each([
    ['distinct by fields', () => of('Book').distinct('name')],
    ['row locks', () => of('Book').selectForUpdate()],
    ['lists', () => of('Book').annotate({ ids: ArrayAgg('authors.id') })],
    ['time zones', () => of('Order').values({ month: TruncMonth('placedAt', { timeZone: 'Asia/Tokyo' }) })],
    ['hashes', () => of('Book').annotate({ hash: MD5(Lower('name')) })],
    ['documents in documents', () => of('Book').filter({ tags: { contains: ['sea'] } })],
    ['searches', () => of('Book').filter({ name: { search: 'sea' } })],
  ] as [string, () => { toSQL(): unknown }][])(
    'says that it has no %s, before anything is sent',
    (_, query) => {
      expect(() => query().toSQL()).toThrow(NotSupportedError);
    },
  );
});
