import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { seedDatabase } from './seed.js';

describe('seedDatabase()', () => {
  let shop: TestDatabase;
  beforeAll(async () => (shop = await createTestDatabase()));
  afterAll(() => shop.close());

  it('leaves a shop that has rows as it is', async () => {
    expect(await seedDatabase(shop.database)).toBe(0);
    expect(await shop.prisma.book.count()).toBe(18);
  });

  it('writes as many times the rows as it is told, each copy with its own relations', async () => {
    const progress: [number, number][] = [];
    const rows = await seedDatabase(shop.database, {
      scale: 250,
      replace: true,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(progress.at(-1)).toEqual([rows, rows]);
    expect(await shop.prisma.book.count()).toBe(18 * 250);
    const copy = await shop.prisma.book.findUniqueOrThrow({
      where: { id: 1 + 18 * 249 },
      include: { publisher: true, authors: true, contact: true },
    });
    const original = await shop.prisma.book.findUniqueOrThrow({
      where: { id: 1 },
      include: { publisher: true, authors: true, contact: true },
    });
    expect(copy).toMatchObject({ name: original.name, isbn: '9780000249011' });
    expect(copy.publisher).toEqual({ ...original.publisher, id: original.publisher.id + 7 * 249 });
    expect(copy.authors.map(({ name }) => name)).toEqual(original.authors.map(({ name }) => name));
    expect(copy.contact?.email).toBe(original.contact?.email?.replace('@', '+249@'));
  });

  it('lets the database count the keys on', async () => {
    const { id } = await shop.prisma.store.create({ data: { name: 'Next', originalOpening: new Date() } });
    expect(id).toBe(5 * 250 + 1);
  });
});
