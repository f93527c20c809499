import { describe, expect, it } from '@jest/globals';
import { F, Max, Q, Rank, RowNumber, RowRange, Sum, Window } from '../expressions/index.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('Window()', () => {
  const { of } = useQuerySets();

  it('computes over the rows around each row', async () => {
    const around = { orderBy: 'id', frame: RowRange(-1, 1) } as const;
    const query = of('Book')
      .filter({ id: { lte: 3 } })
      .annotate({ pages3: Window(Sum('pages'), around) })
      .values('pages3');
    expect(query.toSQL().sql).toBe(
      'select sum("t0"."pages") over (order by "t0"."id" asc rows between 1 preceding and 1 following) ' +
        'from "shop_book" as "t0" where "t0"."id" <= $1',
    );
    const pages = await of('Book')
      .filter({ id: { lte: 3 } })
      .orderBy('id')
      .valuesList('pages', { flat: true });
    expect((await query).map((row) => row.pages3)).toEqual([
      pages[0]! + pages[1]!,
      pages[0]! + pages[1]! + pages[2]!,
      pages[1]! + pages[2]!,
    ]);
  });

  it('finds the first rows of each group', async () => {
    const byPrice = { partitionBy: 'publisher', orderBy: [F('price').desc(), F('id').asc()] } as const;
    const dearest = of('Book')
      .annotate({ rank: Window(RowNumber(), byPrice) })
      .filter({ rank: { lte: 1 } });
    const { sql } = dearest.toSQL();
    expect(sql).toContain('inner join (select "t1"."id" as "k0", row_number() over (partition by');
    expect(sql).toContain('where "t2"."w0" <= $1');
    const rows = await dearest;
    expect(new Set(rows.map((row) => row.publisherId)).size).toBe(rows.length);
  });

  it('numbers rows before conditions on the numbers are met', async () => {
    const numbered = of('Book').annotate({ n: Window(RowNumber(), { orderBy: 'id' }) });
    const ids = numbered
      .filter(Q({ n: 1 }).or({ pages: 0 }))
      .orderBy('id')
      .valuesList('id', { flat: true });
    expect(await ids).toEqual([1, 11]);
  });

  it('can be aggregated', async () => {
    const ranked = of('Book').annotate({ rank: Window(Rank(), { orderBy: '-pages' }) });
    expect((await ranked.aggregate({ last: Max('rank') })).last).toBeGreaterThan(1);
  });
});
