import { Database } from '@nest-quintet/orm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { BookManager } from '../../apps/bookshop/src/books/book.manager.js';
import { PublisherManager } from '../../apps/bookshop/src/books/publisher.manager.js';
import { PrismaClient } from '../../apps/bookshop/src/generated/prisma/client.js';
import { startTestShop, type TestShop } from './test-shop.js';

describe('The kept list of books', () => {
  let shop: TestShop;
  let database: Database;
  let prisma: PrismaClient;
  beforeAll(async () => {
    shop = await startTestShop();
    database = shop.app.get(Database);
    prisma = database.client as PrismaClient;
  });
  afterAll(() => shop.close());

  const list = () => request(shop.address).get('/books?order=id').expect(200);

  const writes: [name: string, text: string, write: () => Promise<unknown>][] = [
    [
      'Book.save()',
      'Saved',
      async () => {
        const books = shop.app.get(BookManager);
        return books.save({ ...(await books.get({ id: 1 })), name: 'Saved' });
      },
    ],
    [
      'QuerySet.update()',
      'Updated',
      () => shop.app.get(PublisherManager).filter({ id: 1 }).update({ name: 'Updated' }),
    ],
    ['Prisma', 'By Prisma', () => prisma.author.update({ where: { id: 1 }, data: { name: 'By Prisma' } })],
    [
      'a nested write',
      'Nested',
      () => prisma.book.update({ where: { id: 2 }, data: { publisher: { update: { name: 'Nested' } } } }),
    ],
    ['raw SQL', 'Raw', () => prisma.$executeRaw`UPDATE shop_author SET name = 'Raw' WHERE id = 2`],
    [
      'an atomic block',
      'Committed',
      () =>
        database.atomic(() => shop.app.get(PublisherManager).filter({ id: 1 }).update({ name: 'Committed' })),
    ],
  ];

  it.each(writes)('is fresh after %s', async (_, text, write) => {
    await list();
    expect((await list()).headers['x-cache']).toBe('HIT');
    await write();
    const after = await list();
    expect(after.headers['x-cache']).toBe('MISS');
    expect(after.text).toContain(text);
  });

  it('is kept on when a write was rolled back, or was to something else', async () => {
    await list();
    const undone = database.atomic(async () => {
      await shop.app.get(PublisherManager).filter({ id: 1 }).update({ name: 'Undone' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await prisma.customer.update({ where: { id: 1 }, data: { name: 'Alicia' } });
    const after = await list();
    expect(after.headers['x-cache']).toBe('HIT');
    expect(after.text).not.toContain('Undone');
  });
});
