import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Cache, CacheModule, createCache, memoryCache } from '@nest-quintet/cache';
import { redisCache } from '@nest-quintet/cache/redis';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import { describeEngine } from '../engines/engine-contract.spec-support.js';
import { describeOverHttp, startApp } from '../session-http.spec-support.js';
import { SessionChanges } from '../session/session-changes.js';
import { makeSessionKey } from '../session/session-key.js';
import { resolveSettings } from '../settings.js';
import { cachedDbEngine } from './cached-db.engine.js';

const inAMinute = () => new Date(Date.now() + 60_000);

function changeTo(a: number): SessionChanges {
  const changes = new SessionChanges();
  changes.set('a', a);
  return changes;
}

let shop: TestDatabase;

beforeAll(async () => {
  shop = await createTestDatabase();
}, 60_000);

afterAll(() => shop.close());

describe('cachedDbEngine()', () => {
  let cache: Cache;

  beforeEach(() => {
    cache = createCache(memoryCache());
  });

  const open = () => cachedDbEngine({ database: shop.database, cache });

  /** Counts the statements that `use` sends to the table. */
  async function countStatements(use: () => Promise<unknown>): Promise<number> {
    let count = 0;
    const observer = shop.database.observe({ statement: () => void count++ });
    await use();
    observer[Symbol.dispose]();
    return count;
  }

  describeEngine('cachedDbEngine()', { create: open, createSecond: open, hasIndex: true });

  it('asks the database once for a session that does not change', async () => {
    const { key } = await open().create(makeSessionKey(), { a: 1 }, inAMinute());
    const engine = open();
    expect(await countStatements(() => engine.fetch(key))).toBe(1);
    expect(await countStatements(() => engine.fetch(key))).toBe(0);
    expect(await countStatements(() => open().fetch(key))).toBe(0);
  });

  it('shows a change to every process at once, and a deletion too', async () => {
    const base = await open().create(makeSessionKey(), { a: 1 }, inAMinute());
    const other = open();
    await other.fetch(base.key);
    await open().commit(base, changeTo(2), inAMinute());
    expect((await other.fetch(base.key))?.values).toMatchObject({ a: 2 });
    await open().drop(base.key);
    expect(await other.fetch(base.key)).toBeUndefined();
  });

  it('takes no copy from a reader that comes late', async () => {
    const base = await open().create(makeSessionKey(), { a: 1 }, inAMinute());
    const late = before(cache, 'add', () => open().commit(base, changeTo(2), inAMinute()));
    await cachedDbEngine({ database: shop.database, cache: late }).fetch(base.key);
    expect((await open().fetch(base.key))?.values).toMatchObject({ a: 2 });
  });

  it('shows what a transaction changed when that has committed', async () => {
    const base = await open().create(makeSessionKey(), { a: 1 }, inAMinute());
    await shop.database.atomic(() => open().commit(base, changeTo(2), inAMinute()));
    expect((await open().fetch(base.key))?.values).toMatchObject({ a: 2 });
  });

  it('names the cache that is not there, and the remedy', () => {
    expect(() =>
      cachedDbEngine({ database: shop.database, cache: 'copies' }).attach(() => undefined, resolveSettings()),
    ).toThrow('cachedDbEngine(): there is no cache "copies". Import CacheModule.forRoot()');
  });
});

/** Returns the cache, with something that happens just before one of its operations. */
function before(cache: Cache, operation: keyof Cache, happens: () => Promise<unknown>): Cache {
  return new Proxy(cache, {
    get(target, name) {
      const method = Reflect.get(target, name, target) as (...args: unknown[]) => unknown;
      if (name !== operation) return method.bind(target);
      return async (...args: unknown[]) => {
        await happens();
        return method.apply(target, args);
      };
    },
  });
}

describeWith('redis', 'cachedDbEngine() with copies in Redis', (servers) => {
  const start = () =>
    startApp(cachedDbEngine({ database: shop.database }), {
      imports: [CacheModule.forRoot({ caches: { default: redisCache({ url: servers.redis.url }) } })],
    });

  describeOverHttp('cachedDbEngine() with copies in Redis', () => Promise.all([start(), start()]));
});

describeWithOwn('redis', 'cachedDbEngine() with a Redis that stops', (servers) => {
  it.each(['miss', 'throw'] as const)('goes on with the database (onError: %s)', async (onError) => {
    const logger = { log: () => {}, warn: () => {} };
    const cache = createCache(redisCache({ url: servers.redis.url, onError }), { logger });
    const engine = cachedDbEngine({ database: shop.database, cache });
    const base = await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
    await engine.fetch(base.key);
    await servers.redis.kill();
    expect((await engine.fetch(base.key))?.values).toMatchObject({ a: 1 });
    await engine.commit(base, changeTo(2), inAMinute());
    expect((await engine.fetch(base.key))?.values).toMatchObject({ a: 2 });
    await cache.close();
    await servers.redis.restart();
  });
});
