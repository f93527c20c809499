import { describe, expect, it } from '@jest/globals';
import { InvalidQueryError, NotSupportedError } from '../errors.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet', () => {
  const { of } = useQuerySets();
  const idsOf = async (query: PromiseLike<{ id: number }[]>) => (await query).map((row) => row.id);

  it('unites what several queries find', async () => {
    const query = of('Publisher')
      .filter({ id: 1 })
      .union(of('Publisher').filter({ id: { lte: 2 } }))
      .orderBy('-id');
    expect(query.toSQL().sql).toBe(
      'select "t2"."c0", "t2"."c1", "t2"."c2" from (' +
        '(select "t0"."id" as "c0", "t0"."name" as "c1", "t0"."num_awards" as "c2" from "shop_publisher" as "t0" where "t0"."id" = $1)' +
        ' union ' +
        '(select "t1"."id" as "c0", "t1"."name" as "c1", "t1"."num_awards" as "c2" from "shop_publisher" as "t1" where "t1"."id" <= $2)' +
        ') as "t2" order by "t2"."c0" desc',
    );
    expect(await idsOf(query)).toEqual([2, 1]);
    expect(await query.count()).toBe(2);
  });

  it('finds what all of several queries find, and what the others do not', async () => {
    const long = of('Book').filter({ pages: { gte: 300 } });
    const good = of('Book').filter({ rating: { gte: 4.5 } });
    const both = await idsOf(long.intersection(good).orderBy('id'));
    const rest = await idsOf(long.difference(good).orderBy('id'));
    expect(both).toEqual(await idsOf(long.and(good).orderBy('id')));
    expect([...both, ...rest].sort((a, b) => a - b)).toEqual(await idsOf(long.orderBy('id')));
  });

  it('joins a slice and another query by OR, and by XOR', async () => {
    const first = of('Book').orderBy('id').slice(0, 2);
    expect(await idsOf(first.or(of('Book').filter({ id: 9 })).orderBy('id'))).toEqual([1, 2, 9]);
    expect(
      await idsOf(
        of('Book')
          .filter({ id: { in: [2, 9] } })
          .xor(first)
          .orderBy('id'),
      ),
    ).toEqual([1, 9]);
    expect(() => first.and(of('Book').filter({ id: 9 }))).toThrow(InvalidQueryError);
  });

  it('sends nothing for members that are known to be empty', async () => {
    expect(
      await of('Book')
        .none()
        .union(of('Book').filter({ id: { in: [] } })),
    ).toEqual([]);
    expect(await of('Book').filter({ id: 1 }).intersection(of('Book').none())).toEqual([]);
  });

  it('refuses what cannot follow', () => {
    const united = of('Book')
      .filter({ id: 1 })
      .union(of('Book').filter({ id: 2 }));
    expect(() => united.filter({ id: 1 })).toThrow(NotSupportedError);
    expect(() => of('Book').and(of('Author'))).toThrow(InvalidQueryError);
  });
});
