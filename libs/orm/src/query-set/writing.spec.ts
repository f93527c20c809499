import { describe, expect, it } from '@jest/globals';
import { NotUpdatedError, ProtectedError } from '../errors.js';
import { Count, F, Lower } from '../expressions/index.js';
import { useQuerySets } from './query-sets.spec-support.js';

describe('QuerySet', () => {
  const sets = useQuerySets();
  const { of, undone } = sets;

  it('updates by one statement, with expressions', () =>
    undone(async () => {
      const books = of('Book').filter({ publisher: { numAwards: { lt: 0 } } });
      expect(await books.update({ price: F('price').mul(1.5), name: Lower('name') })).toBe(2);
      const numbers = of('Book').filter({ pages: { gte: 500 } });
      expect(await numbers.update({ pages: F('pages').add(1) })).toBe(await numbers.all().count());
    }));

  it('updates what annotations find', () =>
    undone(async () => {
      const empty = of('Publisher')
        .annotate({ n: Count('books') })
        .filter({ n: 0 });
      expect(await empty.update({ name: 'nobody' })).toBe(1);
      expect(await of('Publisher').filter({ name: 'nobody' }).valuesList('id', { flat: true })).toEqual([5]);
    }));

  it('creates through the Prisma client', () =>
    undone(async () => {
      const author = await of('Author').create({ name: 'Zed', age: 1 });
      expect(await of('Author').get({ id: author.id })).toEqual(author);
    }));

  it('gets or creates', () =>
    undone(async () => {
      const email = 'zed@x.example';
      const [author, isNew] = await of('Author').getOrCreate(
        { email },
        { defaults: { name: () => 'Zed', age: 1 } },
      );
      expect([author.name, isNew]).toEqual(['Zed', true]);
      expect(await of('Author').getOrCreate({ email }, { defaults: { name: 'Other', age: 2 } })).toEqual([
        author,
        false,
      ]);
    }));

  it('counts what a cascade deletes', () =>
    undone(async () => {
      const items = await of('OrderItem')
        .filter({ order: { status: 'cancelled' } })
        .count();
      const orders = of('Order').filter({ status: 'cancelled' });
      expect(await orders.delete()).toEqual([items + 2, { OrderItem: items, Order: 2 }]);
    }));

  it('does not delete what others refer to', () =>
    undone(() => expect(of('Book').filter({ id: 1 }).delete()).rejects.toThrow(ProtectedError)));

  it('saves a row by its key, or creates it', () =>
    undone(async () => {
      const publisher = await of('Publisher').get({ id: 1 });
      expect(await of('Publisher').save({ ...publisher, name: 'New' })).toEqual({
        ...publisher,
        name: 'New',
      });
      expect(await of('Publisher').save({ id: 77, name: 'Explicit', numAwards: 0 })).toMatchObject({
        id: 77,
      });
      expect(await of('Publisher').count()).toBe(8);
    }));

  it('saves some fields, and expressions', () =>
    undone(async () => {
      await of('Publisher').save({ id: 1, name: 'New', numAwards: 9 }, { updateFields: ['name'] });
      await of('Publisher').save({ id: 1, numAwards: F('numAwards').add(1) });
      expect(await of('Publisher').refresh({ id: 1 })).toEqual({ id: 1, name: 'New', numAwards: 4 });
      await expect(of('Publisher').save({ id: 777, name: 'x' }, { updateFields: ['name'] })).rejects.toThrow(
        NotUpdatedError,
      );
    }));

  it('updates or creates', () =>
    undone(async () => {
      const email = 'bo@mail.example';
      const [updated, isNew] = await of('Author').updateOrCreate({ email }, { defaults: { name: 'Bo2' } });
      expect([updated.id, updated.name, isNew]).toEqual([2, 'Bo2', false]);
      const created = await of('Author').updateOrCreate(
        { email: 'n@x' },
        { defaults: { name: 'N', age: 5 } },
      );
      expect(created[1]).toBe(true);
    }));

  it('creates rows in bulk, in the order given', () =>
    undone(async () => {
      const rows = await of('Publisher').bulkCreate([
        { name: 'a', numAwards: 1 },
        { id: 50, name: 'b', numAwards: 2 },
        { name: 'c', numAwards: 3 },
      ]);
      expect(rows.map((row) => row.name)).toEqual(['a', 'b', 'c']);
      expect(rows[1]?.id).toBe(50);
      const again = { uniqueFields: ['id'], updateFields: ['name'], updateConflicts: true };
      await of('Publisher').bulkCreate([{ id: 50, name: 'B', numAwards: 0 }], again);
      expect(await of('Publisher').get({ id: 50 })).toEqual({ id: 50, name: 'B', numAwards: 2 });
    }));

  it('updates rows in bulk, each with its own values', () =>
    undone(async () => {
      const books = await of('Book').filter({ id: { lte: 3 } });
      const changed = books.map((book) => ({ ...book, pages: book.id * 100 }));
      expect(await of('Book').bulkUpdate(changed, ['pages'])).toBe(3);
      const pages = of('Book')
        .filter({ id: { lte: 3 } })
        .orderBy('id')
        .valuesList('pages', { flat: true });
      expect(await pages).toEqual([100, 200, 300]);
    }));
});
