import { describe, expect, it } from '@jest/globals';
import { ProtectedError } from '../errors.js';
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
});
