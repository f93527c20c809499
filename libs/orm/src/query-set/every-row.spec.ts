import { describe, expect, it } from '@jest/globals';
import { Avg, Count, F, Max, Q, RawSQL, StringAgg, Sum } from '../expressions/index.js';
import type { ModelName } from '../metadata/register.js';
import type { QuerySet } from './query-set.js';
import { useQuerySets } from './query-sets.spec-support.js';

const sets = useQuerySets();

type Query = QuerySet<ModelName, Record<string, unknown>>;

describe('Aggregates that every row needs', () => {
  const of = (model: ModelName) => sets.of(model) as unknown as Query;
  const everyRow = { id: { gt: -1 } };

  it('are computed for all groups at once', () => {
    const query = of('Publisher').annotate({ n: Count('books') } as never);
    expect(query.toSQL().sql).toBe(
      'select "t0"."id", "t0"."name", "t0"."num_awards", coalesce("t1"."c0", 0) from "shop_publisher" as "t0" ' +
        'left join (select "t2"."publisher_id" as "k0", count("t2"."id") as "c0" from "shop_book" as "t2" ' +
        'group by "t2"."publisher_id") as "t1" on "t1"."k0" = "t0"."id"',
    );
  });

  it.each<[string, (query: Query) => Query]>([
    ['a condition leaves rows out', (query) => query.filter({ name: { contains: 'e' } } as never)],
    ['a slice leaves rows out', (query) => query.orderBy('name' as never).slice(0, 2)],
    ['rows are locked', (query) => query.selectForUpdate()],
  ])('are computed row by row where %s', (_, restrict) => {
    const query = restrict(of('Publisher').annotate({ n: Count('books') } as never));
    expect(query.toSQL().sql).toContain('lateral');
  });

  it('are computed for all groups where a slice is of the rows in their order', () => {
    const query = of('Publisher').annotate({ n: Count('books') } as never);
    expect(
      query
        .orderBy('-n' as never)
        .slice(0, 2)
        .toSQL().sql,
    ).not.toContain('lateral');
  });

  it('are computed row by row where they name more of the row than its key', async () => {
    const worth = Sum(F('books.pages').mul(F('numAwards')));
    const query = of('Publisher').annotate({ worth } as never);
    expect(query.toSQL().sql).toContain('lateral');
    const byHand = of('Publisher').annotate({
      n: Sum(RawSQL('num_awards', [], 'Int')),
      m: Count('books'),
    } as never);
    expect(byHand.toSQL().sql).toContain('lateral');
    await byHand;
  });

  it.each<[string, ModelName, Record<string, unknown>]>([
    ['numbers', 'Publisher', { n: Count('books'), pages: Sum('books.pages'), best: Max('books.rating') }],
    ['defaults', 'Publisher', { pages: Sum('books.pages', { default: -1 }) }],
    ['computed defaults', 'Publisher', { pages: Sum('books.pages', { default: F('numAwards') }) }],
    ['filters', 'Publisher', { n: Count('books', { filter: Q({ 'books.pages': { gt: 300 } }) }) }],
    ['distinct values', 'Author', { n: Count('books.publisher', { distinct: true }), m: Count('friends') }],
    [
      'several relations',
      'Book',
      { a: Count('authors'), s: Count('stores'), sold: Sum('orderItems.quantity') },
    ],
    [
      'relations of relations',
      'Publisher',
      { writers: Count('books.authors'), age: Avg('books.authors.age') },
    ],
    ['relations to itself', 'Employee', { n: Count('reports'), paid: Sum('reports.salary') }],
    ['texts', 'Publisher', { names: StringAgg('books.name', ', ', { orderBy: [F('books.name').desc()] }) }],
    ['what is joined', 'OrderItem', { n: Count('order.items'), copies: Sum('book.orderItems.quantity') }],
  ])('are what they are row by row: %s', async (_, model, annotations) => {
    const query = of(model)
      .annotate(annotations as never)
      .orderBy('id' as never);
    const rows = await query;
    expect(rows.length).toBeGreaterThan(5);
    expect(rows).toEqual(await query.filter(everyRow as never));
  });

  it('can be conditions, and are counted', async () => {
    const query = of('Publisher').annotate({ n: Count('books') } as never);
    const few = query.filter({ n: { lt: 1 } } as never);
    expect(few.toSQL().sql).not.toContain('lateral');
    expect((await few).map(({ n }) => n)).toEqual([0, 0, 0].slice(0, await few.count()));
    expect(await few.count()).toBe(await few.filter(everyRow as never).count());
    expect(await few.exists()).toBe(true);
  });
});
