import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './database.js';
import { describeWith, type PostgresServer } from './servers.js';

const suite = (open: () => Promise<TestDatabase>) => {
  let shop: TestDatabase;
  beforeAll(async () => (shop = await open()), 60_000);
  afterAll(() => shop.close());

  it('holds the shop in its tables', async () => {
    expect(await shop.prisma.book.count()).toBe(18);
    const author = await shop.prisma.author.findFirst({
      where: { id: 1 },
      include: { friends: true, books: true },
    });
    expect(author?.friends.length).toBeGreaterThan(0);
    expect(author?.books.length).toBeGreaterThan(0);
  });

  it('gives the next key to a new row', async () => {
    expect((await shop.prisma.publisher.create({ data: { name: 'New', numAwards: 0 } })).id).toBe(8);
  });
};

describe('createTestDatabase()', () => {
  suite(() => createTestDatabase());
});

describeWith('postgres', 'createTestDatabase() on PostgreSQL', (servers: { postgres: PostgresServer }) => {
  suite(() => createTestDatabase({ server: servers.postgres }));

  it('shares nothing with another one', async () => {
    const [one, other] = await Promise.all([
      createTestDatabase({ server: servers.postgres }),
      createTestDatabase({ server: servers.postgres }),
    ]);
    await one.prisma.store.deleteMany();
    expect(await other.prisma.store.count()).toBe(5);
    await Promise.all([one.close(), other.close()]);
  });
});
