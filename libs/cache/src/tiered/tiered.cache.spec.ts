import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache, memoryCache, tieredCache } from '../index.js';
import { memcachedCache } from '../memcached/index.js';
import { redisCache } from '../redis/index.js';
import { cacheContract } from '../testing/cache-contract.js';

let caches: Cache[] = [];
const logger = { log() {}, warn() {} };

function open(url: string): Cache {
  const l2 = url.startsWith('redis')
    ? redisCache({ url, operationTimeout: '5s' })
    : memcachedCache({ url, operationTimeout: '5s' });
  const cache = createCache(tieredCache({ l1: memoryCache(), l2 }), { logger });
  caches.push(cache);
  return cache;
}

beforeEach(() => {
  caches = [];
});

afterEach(() => Promise.all(caches.map((cache) => cache.close())));

/** Resolves as soon as `cache` serves copies, which nobody can tell but by what lies beneath it. */
async function hears(cache: Cache, below: Cache): Promise<void> {
  for (let attempt = 0; attempt < 2_000; attempt++) {
    await cache.set('hears', attempt);
    await cache.get('hears');
    await below.set('hears', 'below');
    if ((await cache.get('hears')) === attempt) return;
    await wait(5);
  }
  throw new Error('The cache serves no copies.');
}

/** `clear()` empties all of Memcached, so that other suites cannot share it. */
const describeOn = { redis: describeWith, memcached: describeWithOwn };

for (const server of ['redis', 'memcached'] as const) {
  describeOn[server](server, `tieredCache() over ${server}`, (servers) => {
    for (const { name, run } of cacheContract()) {
      it(name, async () => {
        const cache = open((servers as Record<string, { url: string }>)[server]!.url);
        await cache.clear();
        await run({ cache, advance: (seconds) => wait(seconds * 1000) });
      });
    }
  });
}

describeWith('redis', 'tieredCache() in two processes', (servers) => {
  let one: Cache;
  let two: Cache;
  let below: Cache;

  beforeEach(async () => {
    [one, two] = [open(servers.redis.url), open(servers.redis.url)];
    below = createCache(redisCache({ url: servers.redis.url, operationTimeout: '5s' }));
    caches.push(below);
    await one.clear();
    await Promise.all([hears(one, below), hears(two, below)]);
  });

  /** Puts a copy into both memories. */
  async function share(key: string, value: unknown): Promise<void> {
    await one.set(key, value);
    expect([await one.get(key), await two.get(key)]).toEqual([value, value]);
  }

  async function eventually(cache: Cache, key: string, value: unknown): Promise<void> {
    for (let attempt = 0; attempt < 1_000 && (await cache.get(key)) !== value; attempt++) await wait(1);
    expect(await cache.get(key)).toEqual(value);
  }

  it('serves copies from memory', async () => {
    await share('k', 'copied');
    await below.set('k', 'changed behind our backs');
    expect([await one.get('k'), await two.get('k')]).toEqual(['copied', 'copied']);
    expect(await one.getMany(['k', 'none'])).toEqual(new Map([['k', 'copied']]));
  });

  const changes: Record<string, [(cache: Cache) => Promise<unknown>, unknown]> = {
    set: [(cache) => cache.set('k', 2), 2],
    setMany: [(cache) => cache.setMany({ k: 2 }), 2],
    incr: [(cache) => cache.incr('k'), 2],
    compareAndSet: [(cache) => cache.compareAndSet('k', 1, 2), 2],
    delete: [(cache) => cache.delete('k'), undefined],
    deleteMany: [(cache) => cache.deleteMany(['k']), undefined],
    clear: [(cache) => cache.clear(), undefined],
    touch: [(cache) => cache.touch('k', 0), undefined],
  };

  it.each(Object.keys(changes))('drops the copies of all processes after %s()', async (name) => {
    const [change, after] = changes[name]!;
    await share('k', 1);
    await change(two);
    expect(await two.get('k')).toEqual(after);
    await eventually(one, 'k', after);
  });

  it('drops the copies of tagged values by one message', async () => {
    await one.set('k', 1, undefined, { tags: ['x'] });
    expect([await one.get('k'), await two.get('k')]).toEqual([1, 1]);
    await two.invalidateTags('x');
    expect(await two.get('k')).toBeUndefined();
    await eventually(one, 'k', undefined);
  });

  it('keeps a copy no longer than the value lives', async () => {
    await one.set('k', 1, 0.1);
    expect(await two.get('k')).toBe(1);
    await wait(150);
    expect(await two.get('k')).toBeUndefined();
  });
});

describeWithOwn('redis', 'tieredCache() whose Redis goes down', (servers) => {
  it.each([
    ['killed', 'kill', 'restart'],
    ['paused', 'pause', 'resume'],
  ] as const)(
    'serves nothing from memory while Redis is %s, and does again afterwards',
    async (_, down, up) => {
      const url = servers.redis.url;
      const cache = createCache(tieredCache({ l1: memoryCache(), l2: redisCache({ url }) }), { logger });
      const below = createCache(redisCache({ url }), { logger });
      caches.push(cache, below);
      await hears(cache, below);
      await cache.set('k', 1);
      await cache.get('k');
      await servers.redis[down]();
      for (let attempt = 0; attempt < 2_000 && (await cache.get('k')) !== undefined; attempt++) await wait(1);
      expect(await cache.get('k')).toBeUndefined();
      expect(await cache.setMany({ k: 2 })).toEqual(['k']);
      await servers.redis[up]();
      await hears(cache, below);
      expect(await cache.get('k')).toBeUndefined();
    },
  );
});

describe('tieredCache()', () => {
  it('takes what it is not told from its shared cache', () => {
    const l2 = memoryCache({ keyPrefix: 'shop', version: 3 });
    expect(createCache(tieredCache({ l1: memoryCache(), l2 })).makeKey('k')).toBe('shop:3:k');
    expect(createCache(tieredCache({ l1: memoryCache(), l2, keyPrefix: 'mine' })).makeKey('k')).toBe(
      'mine:3:k',
    );
  });
});
