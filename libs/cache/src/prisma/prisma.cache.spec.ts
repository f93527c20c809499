import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache } from '../create-cache.js';
import { cacheContract } from '../testing/cache-contract.js';
import { prismaCache } from './prisma.cache.js';

describe('prismaCache() on PGlite', () => {
  describeContract(() => createTestDatabase());
});

describeWith('postgres', 'prismaCache() on PostgreSQL', (servers) => {
  describeContract(() => createTestDatabase({ server: servers.postgres }));
});

function describeContract(open: () => Promise<TestDatabase>): void {
  let shop: TestDatabase;
  let cache: Cache;

  beforeAll(async () => {
    shop = await open();
  }, 60_000);

  afterAll(() => shop.close());

  beforeEach(async () => {
    cache = createCache(prismaCache({ database: shop.database, operationTimeout: '10s' }));
    await cache.clear();
  });

  afterEach(() => cache.close());

  for (const { name, run } of cacheContract()) {
    it(name, () => run({ cache, advance: (seconds) => wait(seconds * 1000) }));
  }

  it('takes back what a transaction takes back', async () => {
    const undone = shop.database.atomic(async () => {
      await cache.set('k', 1);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await cache.has('k')).toBe(false);
  });

  it('takes keys of any length', async () => {
    const key = 'é'.repeat(1_000);
    await cache.set(key, 1);
    expect(await cache.get(key)).toBe(1);
  });

  it('lets what has ended go first when it is full', async () => {
    const small = createCache(prismaCache({ database: shop.database, maxEntries: 3, cullFrequency: 2 }));
    await small.setMany({ a: 1, b: 2 }, 0.01);
    await small.setMany({ c: 1, d: 2 });
    await wait(20);
    await small.set('e', 1);
    expect([...(await small.getMany(['c', 'd', 'e'])).keys()]).toEqual(['c', 'd', 'e']);
    await small.set('f', 1);
    await small.set('g', 1);
    expect([...(await small.getMany(['c', 'd', 'e', 'f', 'g'])).keys()]).toEqual(['e', 'f', 'g']);
  });
}

describe('prismaCache()', () => {
  it('names the model that is not there, and the remedy', async () => {
    const shop = await createTestDatabase();
    const open = (model: string) => () => createCache(prismaCache({ database: shop.database, model }));
    expect(open('Entries')).toThrow('has no model "Entries". Add one with key, value and expiresAt');
    expect(open('Session')).toThrow('the model "Session" has no field "value".');
    await shop.close();
  });

  it('cannot be used before it has its database', async () => {
    await expect(createCache(prismaCache()).get('k')).rejects.toThrow('prismaCache() is not attached.');
  });
});
