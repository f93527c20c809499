import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache, failoverCache, memoryCache } from '../index.js';
import { redisCache } from '../redis/index.js';
import { cacheContract } from '../testing/cache-contract.js';

let cache: Cache;
const logger = { log() {}, warn() {} };

afterEach(() => cache?.close());

describeWith('redis', 'failoverCache()', (servers) => {
  beforeEach(async () => {
    const first = redisCache({ url: servers.redis.url, operationTimeout: '5s' });
    cache = createCache(failoverCache({ caches: [first, memoryCache()] }));
    await cache.clear();
  });

  for (const { name, run } of cacheContract()) {
    it(name, () => run({ cache, advance: (seconds) => wait(seconds * 1000) }));
  }
});

describeWithOwn('redis', 'failoverCache() whose first cache goes down', (servers) => {
  it('uses the next one, and serves nothing outdated when the first is back, or down again', async () => {
    const caches = [redisCache({ url: servers.redis.url }), memoryCache()];
    cache = createCache(failoverCache({ caches }), { logger });
    await cache.setMany({ kept: 1, changed: 'old', deleted: 'old' });
    await servers.redis.pause();
    expect(await cache.get('changed')).toBeUndefined();
    await cache.set('changed', 'new');
    await cache.delete('deleted');
    expect(await cache.get('changed')).toBe('new');
    expect(await cache.incr('n').catch(() => 'missing')).toBe('missing');
    expect(await cache.compareAndSet('changed', 'new', 'newer')).toBe(true);
    await servers.redis.resume();
    for (let attempt = 0; attempt < 1_000 && (await cache.get('kept')) === undefined; attempt++)
      await wait(5);
    expect(await cache.getMany(['kept', 'changed', 'deleted'])).toEqual(new Map([['kept', 1]]));
    await servers.redis.pause();
    expect(await cache.get('changed')).toBeUndefined();
    await servers.redis.resume();
  });
});

describe('failoverCache()', () => {
  it('refuses a list without a second cache', () => {
    expect(() => failoverCache({ caches: [memoryCache()] })).toThrow('failoverCache: caches has 1 of them.');
  });
});
