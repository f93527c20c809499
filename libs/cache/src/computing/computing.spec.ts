import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { stopClock } from '../../../../test/support/clock.js';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache, memoryCache, type CacheFactory } from '../index.js';
import { memcachedCache } from '../memcached/index.js';
import { redisCache } from '../redis/index.js';

const NOW = Date.parse('2024-05-01T12:00:00Z');

let caches: Cache[] = [];
let said: string[] = [];

function open(factory: CacheFactory): Cache {
  const logger = {
    log: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(text),
  };
  const cache = createCache(factory, { logger });
  caches.push(cache);
  return cache;
}

beforeEach(() => {
  caches = [];
  said = [];
});

afterEach(async () => {
  jest.useRealTimers();
  await Promise.all(caches.map((cache) => cache.close()));
});

/** A factory that counts its calls and can be held back. */
function counting() {
  const state = { calls: 0, until: Promise.resolve() as Promise<unknown>, fails: false };
  const factory = async () => {
    const call = ++state.calls;
    await state.until;
    if (state.fails) throw new Error('the source is down.');
    return call;
  };
  return { state, factory };
}

describe('getOrSet() with grace', () => {
  beforeEach(() => stopClock(new Date(NOW)));

  const options = { grace: 100 };

  it('serves the old value while another one is computed in the background', async () => {
    const cache = open(memoryCache());
    const { state, factory } = counting();
    expect(await cache.getOrSet('k', factory, 10, options)).toBe(1);
    jest.setSystemTime(NOW + 11_000);
    let finish = (_: unknown) => {};
    state.until = new Promise((resolve) => (finish = resolve));
    const stale = await Promise.all(
      Array.from({ length: 10 }, () => cache.getOrSet('k', factory, 10, options)),
    );
    expect(new Set(stale)).toEqual(new Set([1]));
    expect(state.calls).toBe(2);
    expect(await cache.get('k')).toBeUndefined();
    finish(undefined);
    await wait(5);
    expect(await cache.get('k')).toBe(2);
    expect(await cache.getOrSet('k', factory, 10, options)).toBe(2);
  });

  it('serves the old value when the computation fails, says so once, and fails after the grace', async () => {
    const cache = open(memoryCache());
    const { state, factory } = counting();
    await cache.getOrSet('k', factory, 10, options);
    state.fails = true;
    for (const seconds of [11, 50, 109]) {
      jest.setSystemTime(NOW + seconds * 1000);
      expect(await cache.getOrSet('k', factory, 10, options)).toBe(1);
      await wait(2);
    }
    expect(state.calls).toBe(4);
    expect(said).toEqual([
      'The cache "default" could not refresh ":1:k": the source is down. Its old value is served until the grace ends.',
    ]);
    jest.setSystemTime(NOW + 111_000);
    await expect(cache.getOrSet('k', factory, 10, options)).rejects.toThrow('the source is down.');
  });

  it('never serves what was invalidated', async () => {
    const cache = open(memoryCache());
    const { factory } = counting();
    await cache.getOrSet('k', factory, 10, { ...options, tags: ['x'] });
    jest.setSystemTime(NOW + 11_000);
    await cache.invalidateTags('x');
    expect(await cache.getOrSet('k', factory, 10, { ...options, tags: ['x'] })).toBe(2);
  });

  it('computes at once for who asks for no grace', async () => {
    const cache = open(memoryCache());
    const { factory } = counting();
    await cache.getOrSet('k', factory, 10, options);
    jest.setSystemTime(NOW + 11_000);
    expect(await cache.getOrSet('k', factory, 10)).toBe(2);
    expect(await cache.get('k')).toBe(2);
  });

  it('does not bring back what was deleted during a refresh', async () => {
    const cache = open(memoryCache());
    const { state, factory } = counting();
    await cache.getOrSet('k', factory, 10, options);
    jest.setSystemTime(NOW + 11_000);
    let finish = (_: unknown) => {};
    state.until = new Promise((resolve) => (finish = resolve));
    await cache.getOrSet('k', factory, 10, options);
    await cache.delete('k');
    finish(undefined);
    await wait(5);
    expect(await cache.has('k')).toBe(false);
  });
});

describe('getOrSet() with jitter and refreshAhead', () => {
  beforeEach(() => stopClock(new Date(NOW)));

  it('shortens timeouts by no more than the given part', async () => {
    const cache = open(memoryCache());
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
    for (const key of keys) await cache.getOrSet(key, () => 1, 100, { jitter: 0.5 });
    const countAfter = async (seconds: number) => {
      jest.setSystemTime(NOW + seconds * 1000);
      return (await cache.getMany(keys)).size;
    };
    expect(await countAfter(49)).toBe(200);
    const left = await countAfter(75);
    expect(left).toBeGreaterThan(50);
    expect(left).toBeLessThan(150);
    expect(await countAfter(100)).toBe(0);
  });

  it('computes anew before the end, the likelier the nearer it is', async () => {
    const cache = open(memoryCache());
    const { state, factory } = counting();
    const slow = async () => {
      const value = await factory();
      await wait(20);
      return value;
    };
    // So eager that with 20 ms of work the last hundred seconds count as near.
    const refresh = () => cache.getOrSet('k', slow, 1_000, { refreshAhead: 5_000 });
    await refresh();
    jest.setSystemTime(NOW + 10_000);
    expect(await refresh()).toBe(1);
    expect(state.calls).toBe(1);
    jest.setSystemTime(NOW + 999_900);
    for (let ask = 0; ask < 20; ask++) expect(await refresh()).toBe(1);
    expect(state.calls).toBe(2);
    await wait(50);
    expect(await refresh()).toBe(2);
  });
});

describe('lock()', () => {
  it('is held by one at a time, and by the next once it was released', async () => {
    const cache = open(memoryCache());
    const lock = await cache.lock('stock');
    await expect(cache.lock('stock', { wait: 0 })).rejects.toThrow(
      'The lock ":1:lock:stock" is held by somebody else.',
    );
    const next = cache.lock('stock', { wait: '5s' });
    expect(await lock.release()).toBe(true);
    expect(await (await next).extend('1m')).toBe(true);
    expect(await lock.release()).toBe(false);
  });

  it('ends by itself, and is then nobody else’s to release', async () => {
    const cache = open(memoryCache());
    const first = await cache.lock('stock', { timeout: '20ms' });
    const second = await cache.lock('stock', { wait: '5s' });
    expect(await first.extend()).toBe(false);
    expect(await first.release()).toBe(false);
    expect(await second.release()).toBe(true);
  });
});

const stores = [
  ['redis', (url: string) => redisCache({ url, operationTimeout: '5s' })],
  [
    'memcached',
    (url: string) => memcachedCache({ url, operationTimeout: '5s', namespace: `${Math.random()}:` }),
  ],
] as const;

/** `clear()` empties all of Memcached, so that other suites cannot share it. */
const describeOn = { redis: describeWith, memcached: describeWithOwn };

for (const [server, make] of stores) {
  describeOn[server](server, `Two processes on ${server}`, (servers) => {
    const openTwo = async () => {
      const factory = make((servers as Record<string, { url: string }>)[server]!.url);
      const two = [open(factory), open(factory)] as const;
      await two[0].clear();
      return two;
    };

    it('compute a missing value once', async () => {
      const two = await openTwo();
      let calls = 0;
      const slow = async () => (await wait(50), ++calls);
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, index) => two[index % 2]!.getOrSet('k', slow)),
      );
      expect(new Set(results)).toEqual(new Set([1]));
      expect(calls).toBe(1);
    });

    it('refresh a stale value once, and serve it meanwhile', async () => {
      const two = await openTwo();
      let calls = 0;
      const slow = async () => (await wait(50), ++calls);
      await two[0].getOrSet('k', slow, 0.05, { grace: 60 });
      await wait(60);
      const ask = (index: number) => two[index % 2]!.getOrSet('k', slow, 60, { grace: 60 });
      expect(await Promise.all([0, 1, 2, 3].map(ask))).toEqual([1, 1, 1, 1]);
      await wait(120);
      expect(await Promise.all([0, 1].map(ask))).toEqual([2, 2]);
      expect(calls).toBe(2);
    });

    it('do not bring back what the other one deleted or set meanwhile', async () => {
      const [mine, theirs] = await openTwo();
      const computing = (change: () => Promise<unknown>) => async () => (await change(), 'old');
      await mine.getOrSet('deleted', computing(() => theirs.delete('deleted'))); // prettier-ignore
      await mine.getOrSet('set', computing(() => theirs.set('set', 'new'))); // prettier-ignore
      await mine.getOrSet('added', computing(() => theirs.add('added', 'new'))); // prettier-ignore
      expect(await mine.getMany(['deleted', 'set', 'added'])).toEqual(new Map([['set', 'new'], ['added', 'new']])); // prettier-ignore
    });

    it('compute on when the one who had begun has failed', async () => {
      const [mine, theirs] = await openTwo();
      const failing = mine.getOrSet('k', async () => {
        await wait(50);
        throw new Error('no');
      });
      await wait(10);
      const other = theirs.getOrSet('k', () => 'yes');
      await expect(failing).rejects.toThrow('no');
      expect(await other).toBe('yes');
    });

    it('show nobody the claim of who computes', async () => {
      const [mine, theirs] = await openTwo();
      const seen: unknown[] = [];
      await mine.getOrSet('k', async () => {
        seen.push(await theirs.get('k', 'none'), await theirs.has('k'), (await theirs.getMany(['k'])).size);
        return 1;
      });
      expect(seen).toEqual(['none', false, 0]);
    });

    it('hold a lock one after the other', async () => {
      const two = await openTwo();
      let holders = 0;
      const most: number[] = [];
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const lock = await two[index % 2]!.lock('stock', { wait: '10s' });
          most.push(++holders);
          await wait(1);
          holders--;
          await lock.release();
        }),
      );
      expect(most).toEqual(Array(20).fill(1));
    });
  });
}
