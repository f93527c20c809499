import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache } from '../create-cache.js';
import { cacheContract } from '../testing/cache-contract.js';
import { memcachedCache } from './memcached.cache.js';

// `clear()` empties the whole server, so that it cannot be shared with other suites.
describeWithOwn('memcached', 'memcachedCache()', (servers) => {
  let cache: Cache;

  beforeEach(async () => {
    cache = createCache(memcachedCache({ url: servers.memcached.url, operationTimeout: '5s' }));
    await cache.clear();
  });

  afterEach(() => cache.close());

  for (const { name, run } of cacheContract()) {
    it(name, () => run({ cache, advance: (seconds) => wait(seconds * 1000) }));
  }

  it('takes keys of any length and with any characters', async () => {
    const keys = ['a'.repeat(5_000), 'set x 0 0 1\r\n', 'a b\nc\0', 'ключ'];
    for (const key of keys) await cache.set(key, key);
    expect(await cache.getMany(keys)).toEqual(new Map(keys.map((key) => [key, key])));
  });

  it('forgets what was there where the new value is too large', async () => {
    await cache.set('k', 'old');
    await cache.set('k', 'x'.repeat(2_000_000));
    expect(await cache.get('k')).toBeUndefined();
  });
});

describe('memcachedCache()', () => {
  it('refuses a malformed URL at once', () => {
    expect(() => memcachedCache({ url: 'localhost:11211' })).toThrow('is no Memcached URL');
  });
});
