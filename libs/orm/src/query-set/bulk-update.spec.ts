import { describe, expect, it } from '@jest/globals';
import { F } from '../expressions/index.js';
import { Decimal } from '../query/decimal.js';
import { useQuerySets } from './query-sets.spec-support.js';

const sets = useQuerySets();

describe('QuerySet.bulkUpdate()', () => {
  const { of, undone } = sets;

  /** The statements that `fn` sends. */
  async function sentBy(fn: () => Promise<unknown>): Promise<string[]> {
    const sent: string[] = [];
    using _ = sets.shop.database.observe({ statement: ({ sql }) => void sent.push(sql) });
    await fn();
    return sent.filter((sql) => /^\s*update/i.test(sql));
  }

  it('binds a list for each column', async () => {
    await undone(async () => {
      const rows = (await of('Book').orderBy('id').slice(0, 3)).map((book, index) => ({
        ...book,
        pages: 100 + index,
        price: new Decimal(`${index}.25`),
        pubdate: new Date(Date.UTC(2020, 1, 1 + index)),
        contactId: null,
        rating: index / 2,
        name: `"${index}" {,} \\ NULL`,
      }));
      const fields = ['pages', 'price', 'pubdate', 'contact', 'rating', 'name'];
      const sent = await sentBy(async () => expect(await of('Book').bulkUpdate(rows, fields)).toBe(3));
      expect(sent).toEqual([
        'update "shop_book" as "t0" set "pages" = "t1"."c0", "price" = "t1"."c1", "pubdate" = "t1"."c2", ' +
          '"contact_id" = "t1"."c3", "rating" = "t1"."c4", "name" = "t1"."c5" from unnest(cast($1 as integer[]), ' +
          'cast($2 as integer[]), cast($3 as numeric[]), cast($4 as date[]), cast($5 as integer[]), ' +
          'cast($6 as double precision[]), cast($7 as text[])) as "t1" ("k0", "c0", "c1", "c2", "c3", "c4", "c5") ' +
          'where "t0"."id" = "t1"."k0"',
      ]);
      expect(await of('Book').orderBy('id').slice(0, 3)).toEqual(rows);
    });
  });

  it('writes moments and missing values', async () => {
    await undone(async () => {
      const stores = (await of('Store').orderBy('id')).map((store, index) => ({
        ...store,
        originalOpening: new Date(Date.UTC(2020, 1, 1, 2, 3, 4, index)),
        fridayNightClosing: index % 2 ? null : new Date(1000 * index),
      }));
      await of('Store').bulkUpdate(stores, ['originalOpening', 'fridayNightClosing']);
      expect(await of('Store').orderBy('id')).toEqual(stores);
    });
  });

  it('chooses by the key where a value is computed, or a document', async () => {
    await undone(async () => {
      const [first, second] = await of('Book').orderBy('id').slice(0, 2);
      const rows = [
        { ...first!, pages: F('pages').add(1) },
        { ...second!, pages: 7 },
      ];
      const sent = await sentBy(() => of('Book').bulkUpdate(rows, ['pages']));
      expect(sent[0]).toContain('case when');
      expect(await of('Book').orderBy('id').slice(0, 2).valuesList('pages', { flat: true })).toEqual([
        first!.pages + 1,
        7,
      ]);
      await of('Book').bulkUpdate(
        [
          { ...first!, meta: { a: [1] } },
          { ...second!, meta: null },
        ],
        ['meta'],
      );
      expect(await of('Book').orderBy('id').slice(0, 2).valuesList('meta', { flat: true })).toEqual([
        { a: [1] },
        null,
      ]);
    });
  });

  it('refuses what a column cannot hold', async () => {
    await expect(of('Book').bulkUpdate([{ id: 1, pages: 'many' }], ['pages'])).rejects.toThrow(
      'Expected an integer but got',
    );
  });
});
