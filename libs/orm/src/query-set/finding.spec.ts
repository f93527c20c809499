import { describe, expect, it } from '@jest/globals';
import { FieldError, Http404Error, InvalidValueError } from '../errors.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet', () => {
  const { of } = useQuerySets();

  it('finds the earliest and the latest row', async () => {
    expect((await of('Book').earliest('pubdate')).pubdate).toEqual(
      (await of('Book').orderBy('pubdate').first())?.pubdate,
    );
    expect((await of('Order').latest('placedAt')).id).toBe(
      (await of('Order').orderBy('-placedAt').first())?.id,
    );
    await expect(async () => of('Book').latest()).rejects.toThrow(InvalidValueError);
  });

  it('lists the months of a date, each once', async () => {
    const query = of('Book').filter({ id: { in: [1, 2] } });
    expect(await query.dates('pubdate', 'month')).toEqual([new Date('2007-12-01'), new Date('2008-03-01')]);
    expect(await query.dates('pubdate', 'year', 'desc')).toEqual([
      new Date('2008-01-01'),
      new Date('2007-01-01'),
    ]);
    await expect(query.dates('name', 'year')).rejects.toThrow('is no date');
    await expect(query.dates('nope', 'year')).rejects.toThrow(FieldError);
  });

  it('finds rows by unique fields in bulk', async () => {
    const byKey = await of('Publisher').inBulk([1, 3, 99]);
    expect([...byKey.keys()]).toEqual(expect.arrayContaining([1, 3]));
    expect(byKey.size).toBe(2);
    await expect(of('Book').inBulk([300], { fieldName: 'pages' })).rejects.toThrow(InvalidValueError);
  });

  it('tells whether a row is among those found', async () => {
    const book = await of('Book').get({ id: 3 });
    expect(await of('Book').filter({ publisher: 1 }).contains(book)).toBe(true);
    expect(await of('Book').filter({ publisher: 2 }).contains(book)).toBe(false);
  });

  it('goes through the rows in chunks', async () => {
    const counts: number[] = [];
    const query = of('Book').orderBy('id').prefetchRelated('authors');
    for await (const book of query.iterator({ chunkSize: 10 })) counts.push(book.authors.length);
    expect(counts).toHaveLength(18);
    expect(counts[0]).toBe(2);
  });

  it('reads statements of your own', async () => {
    const rows = await of('Book').raw(
      'SELECT id, isbn AS code, pages * 2 AS twice FROM shop_book WHERE id = $1',
      [1],
      {
        translations: { code: 'name' },
      },
    );
    expect(rows).toEqual([{ id: 1, name: '9780000000011', twice: 640 }]);
    await expect(of('Book').raw('SELECT name FROM shop_book')).rejects.toThrow(FieldError);
  });

  it('answers with 404 what is not there', async () => {
    await expect(of('Book').getOr404({ id: 999 })).rejects.toThrow(Http404Error);
    await expect(of('Book').getListOr404({ pages: -1 })).rejects.toThrow(Http404Error);
  });
});
