import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from 'redis';
import { describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache } from '../create-cache.js';
import { CacheUnavailableError } from '../errors.js';
import { redisCache, type RedisCacheOptions } from './redis.cache.js';

let caches: Cache[] = [];
let said: string[] = [];

function open(options: RedisCacheOptions): Cache {
  const logger = {
    log: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(text),
  };
  const cache = createCache(redisCache(options), { logger });
  caches.push(cache);
  return cache;
}

/** Resolves as soon as `cache` serves what it stores. */
async function recovered(cache: Cache): Promise<void> {
  do {
    await cache.set('probe', 1);
    await wait(5);
  } while ((await cache.get('probe')) !== 1);
}

beforeEach(() => {
  caches = [];
  said = [];
});

afterEach(() => Promise.all(caches.map((cache) => cache.close())));

describeWithOwn('redis', 'redisCache() whose Redis goes down', (servers) => {
  it.each([
    ['is killed and restarted', 'kill', 'restart'],
    ['is paused and resumed', 'pause', 'resume'],
  ] as const)('is a miss while Redis %s, says so once, and comes back by itself', async (_, down, up) => {
    const cache = open({ url: servers.redis.url });
    await cache.set('k', 1);
    await servers.redis[down]();
    const found = await Promise.all(Array.from({ length: 20 }, () => cache.get('k', 'missed')));
    expect(new Set(found)).toEqual(new Set(['missed']));
    expect(await cache.getMany(['k'])).toEqual(new Map());
    expect(await cache.setMany({ a: 1, b: 2 })).toEqual(['a', 'b']);
    expect(await cache.add('k', 1)).toBe(false);
    expect(await cache.delete('k')).toBe(false);
    await expect(cache.compareAndSet('k', 1, 2)).rejects.toThrow(CacheUnavailableError);
    expect(await cache.getOrSet('k', () => 'computed')).toBe('computed');
    await cache.invalidateTags('x');
    await servers.redis[up]();
    await recovered(cache);
    expect(said).toEqual([
      expect.stringMatching(
        /^The cache "default" is down: .*\. Until Redis answers again it finds nothing\.$/,
      ),
      'The cache "default" is back.',
    ]);
  });

  it('serves nothing outdated afterwards: lost writes, deletions and invalidations are made up for', async () => {
    const cache = open({ url: servers.redis.url });
    await cache.setMany({ overwritten: 'old', deleted: 'old', untouched: 'kept' });
    await cache.set('tagged', 'old', undefined, { tags: ['x'] });
    await servers.redis.pause();
    await cache.set('overwritten', 'new');
    await cache.delete('deleted');
    await cache.invalidateTags('x');
    await servers.redis.resume();
    await recovered(cache);
    expect(await cache.getMany(['overwritten', 'deleted', 'tagged', 'untouched'])).toEqual(
      new Map([['untouched', 'kept']]),
    );
  });

  it('forgets what was tagged when Redis lost its memory', async () => {
    const cache = open({ url: servers.redis.url });
    const asOf = await cache.moment();
    await cache.clear();
    await servers.redis.flush();
    await cache.set('k', 'old', undefined, { tags: ['x'], asOf });
    expect(await cache.get('k')).toBeUndefined();
    expect(await cache.moment()).toBeGreaterThan(asOf);
  });

  it('throws instead where it is told to', async () => {
    const cache = open({ url: servers.redis.url, onError: 'throw' });
    await cache.set('k', 1);
    await servers.redis.pause();
    await expect(cache.get('k')).rejects.toThrow(CacheUnavailableError);
    await servers.redis.resume();
  });

  it('reads many at once also where one of them was not written by a cache', async () => {
    const cache = open({ url: servers.redis.url, operationTimeout: '5s' });
    const client = createClient({ url: servers.redis.url });
    await client.connect();
    await cache.setMany({ a: [1], b: new Date(1e12), c: Buffer.from([0, 1]), d: { $: 'x' } });
    for (const garbage of ['1,2', '[1', '"a', '', 'not JSON']) {
      await client.set('cache::1:garbage', garbage);
      expect(await cache.getMany(['a', 'garbage', 'b', 'none', 'c', 'd'])).toEqual(
        new Map<string, unknown>([['a', [1]], ['b', new Date(1e12)], ['c', Buffer.from([0, 1])], ['d', { $: 'x' }]]), // prettier-ignore
      );
    }
    client.destroy();
  });

  it('ends no connection of another client after the server was started anew', async () => {
    const cache = open({ url: servers.redis.url, operationTimeout: '5s' });
    await cache.set('k', 1);
    await servers.redis.kill();
    await servers.redis.restart();
    // The new server counts its clients from the beginning: these have the number that the cache's connection had.
    const others = [];
    for (let count = 0; count < 40; count++) {
      const other = createClient({ url: servers.redis.url, socket: { reconnectStrategy: false } });
      other.on('error', () => undefined);
      others.push(await other.connect());
    }
    await recovered(cache);
    expect(others.filter(({ isReady }) => !isReady)).toEqual([]);
    for (const other of others) other.destroy();
  });

  it('leaves alone what is not its own', async () => {
    const [shop, other] = [
      open({ url: servers.redis.url, namespace: 'shop:' }),
      open({ url: servers.redis.url, namespace: 'shop*:' }),
    ];
    await shop.set('k', 1);
    await other.set('k', 2);
    await other.clear();
    expect([await shop.get('k'), await other.get('k')]).toEqual([1, undefined]);
  });
});

describe('redisCache()', () => {
  let server: Server;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      socket.on('data', () => socket.write('this is no Redis\r\n'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is a miss where something else answers', async () => {
    const cache = open({ url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}` });
    await cache.set('k', 1);
    expect(await cache.get('k', 'missed')).toBe('missed');
    expect(said).toHaveLength(1);
  });

  it('refuses a malformed URL at once', () => {
    expect(() => redisCache({ url: 'localhost:6379' })).toThrow(
      'redisCache: "localhost:6379" is no Redis URL.',
    );
    expect(() => redisCache({ url: 'redis//shop:secret@localhost' })).toThrow(
      'redisCache: "…@localhost" is no Redis URL.',
    );
  });
});
