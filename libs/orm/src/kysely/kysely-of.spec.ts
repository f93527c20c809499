import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import { Decimal } from '@prisma/client/runtime/client';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { NotSupportedError } from '../errors.js';
import { kyselyOf } from './kysely-of.js';

function isOnTheSameConnection(open: () => TestDatabase): void {
  it('gives values as Prisma does', async () => {
    const row = await kyselyOf(open().database)
      .selectFrom('shop_book')
      .select(['id', 'price', 'pubdate', 'tags', 'contact_id'])
      .where('price', '>', new Decimal(10))
      .where('pubdate', '<', new Date('2100-01-01'))
      .orderBy('id')
      .executeTakeFirstOrThrow();
    const { id, price, pubdate, tags, contactId } = await open().prisma.book.findFirstOrThrow({
      where: { price: { gt: 10 } },
      orderBy: { id: 'asc' },
    });
    expect(row).toEqual({ id, price, pubdate, tags, contact_id: contactId });
    expect(row.price).toBeInstanceOf(Decimal);
  });

  it('joins the ambient transaction, and its statements are seen', async () => {
    const { database, prisma } = open();
    const kysely = kyselyOf(database);
    const tables: string[] = [];
    using _ = database.observe({ statement: ({ writes }) => void tables.push(...writes) });
    const name = await database.atomic(async () => {
      const { id } = await kysely
        .insertInto('shop_publisher')
        .values({ name: 'Kysely', num_awards: 1 })
        .returning('id')
        .executeTakeFirstOrThrow();
      const updated = await kysely
        .updateTable('shop_publisher')
        .set({ num_awards: 2 })
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      expect(updated.numUpdatedRows).toBe(1n);
      const found = await prisma.publisher.findUniqueOrThrow({ where: { id } });
      database.setRollback();
      return `${found.name} ${found.numAwards}`;
    });
    expect(name).toBe('Kysely 2');
    expect(tables).toContain('shop_publisher');
    expect(await prisma.publisher.count({ where: { name: 'Kysely' } })).toBe(0);
  });

  it('leaves transactions to atomic()', async () => {
    const work = kyselyOf(open().database)
      .transaction()
      .execute(async () => {});
    await expect(work).rejects.toThrow(NotSupportedError);
  });
}

describe('kyselyOf()', () => {
  let shop: TestDatabase;
  beforeAll(async () => (shop = await createTestDatabase()));
  afterAll(() => shop.close());
  isOnTheSameConnection(() => shop);
});

describeWith('postgres', 'kyselyOf() on a PostgreSQL server', (servers) => {
  let shop: TestDatabase;
  beforeAll(async () => (shop = await createTestDatabase({ server: servers.postgres })));
  afterAll(() => shop.close());
  isOnTheSameConnection(() => shop);
});
