import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Cache,
  CacheUnavailableError,
  CacheModule,
  createCache,
  memoryCache,
} from '@nest-quintet/cache';
import { redisCache } from '@nest-quintet/cache/redis';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import { describeEngine } from '../engines/engine-contract.spec-support.js';
import { makeSessionKey } from '../session/session-key.js';
import { describeOverHttp, eventually, startApp } from '../session-http.spec-support.js';
import { resolveSettings } from '../settings.js';
import { cacheEngine } from './cache.engine.js';

const inAMinute = () => new Date(Date.now() + 60_000);

describeEngine('cacheEngine() on memory', {
  create: () => cacheEngine({ cache: createCache(memoryCache()) }),
});

describeWith('redis', 'cacheEngine() on Redis', (servers) => {
  const caches: Cache[] = [];
  const connect = () => {
    caches.push(createCache(redisCache({ url: servers.redis.url, operationTimeout: '2s' })));
    return cacheEngine({ cache: caches.at(-1) });
  };

  afterAll(() => Promise.all(caches.map((cache) => cache.close())));

  describeEngine('cacheEngine() on Redis', { create: connect, createSecond: connect });

  const start = () =>
    startApp(cacheEngine({ cache: 'sessions' }), {
      imports: [
        CacheModule.forRoot({
          caches: {
            default: memoryCache(),
            sessions: redisCache({ url: servers.redis.url, operationTimeout: '2s' }),
          },
        }),
      ],
    });

  describeOverHttp('cacheEngine() on Redis', () => Promise.all([start(), start()]));

  it('keeps nothing from which a visitor’s key could be read', async () => {
    const engine = connect();
    const { key } = await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
    expect(await caches.at(-1)!.has(`session:${key}`)).toBe(false);
    expect(await caches.at(-1)!.get(`session:${engine['idOf'](key)}`)).toMatchObject({ data: '{"a":1}' });
  });
});

describeWithOwn('redis', 'cacheEngine() on a Redis that stops', (servers) => {
  let cache: Cache;

  beforeAll(() => {
    const logger = { log: () => {}, warn: () => {} };
    cache = createCache(redisCache({ url: servers.redis.url, operationTimeout: '1s' }), { logger });
  });

  afterAll(() => cache.close());

  it('fails instead of finding nothing, though the cache itself takes an outage for a miss', async () => {
    const engine = cacheEngine({ cache });
    const base = await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
    await servers.redis.kill();
    expect(await cache.get('anything')).toBeUndefined();
    await expect(engine.fetch(base.key)).rejects.toThrow(CacheUnavailableError);
    await expect(engine.create(makeSessionKey(), {}, inAMinute())).rejects.toThrow(CacheUnavailableError);
    await expect(engine.drop(base.key)).rejects.toThrow(CacheUnavailableError);
  });
});

describeWithOwn('redis', 'an application on a Redis that is restarted', (servers) => {
  it('answers 503 to whoever touches the session, until Redis is back', async () => {
    const redis = redisCache({ url: servers.redis.url, operationTimeout: '1s' });
    const { url, close } = await startApp(cacheEngine(), {
      imports: [CacheModule.forRoot({ caches: { default: redis } })],
    });
    const agent = request.agent(url);
    await agent.get('/visits').expect(200, '1');
    await servers.redis.kill();
    await agent.get('/visits').expect(503);
    await agent.get('/passing-by').expect(200);
    await servers.redis.restart();
    await expect(eventually(() => agent.get('/visits'), 200)).resolves.toMatchObject({ status: 200 });
    await close();
  });
});

describeWithOwn('redis', 'an application on a Redis that is paused', (servers) => {
  it('answers 503 to whoever touches the session within the limit, though connections stay open', async () => {
    // The cache would wait for longer than anyone here.
    const redis = redisCache({ url: servers.redis.url, operationTimeout: '60s' });
    const { url, close } = await startApp(cacheEngine(), {
      timeout: 0.3,
      imports: [CacheModule.forRoot({ caches: { default: redis } })],
    });
    const agent = request.agent(url);
    await agent.get('/visits').expect(200, '1');
    await servers.redis.pause();
    // A paused server never answers: whatever comes back comes from the limit.
    await agent.get('/visits').timeout(10_000).expect(503);
    await request(url).get('/visits').timeout(10_000).expect(503);
    await agent.get('/passing-by').timeout(10_000).expect(200);
    await servers.redis.resume();
    await expect(eventually(() => agent.get('/visits'), 200)).resolves.toMatchObject({ text: '2' });
    await close();
  });
});

describe('cacheEngine()', () => {
  it('names the cache that is not there, and the remedy', () => {
    expect(() => cacheEngine({ cache: 'sessions' }).attach(() => undefined, resolveSettings())).toThrow(
      'cacheEngine(): there is no cache "sessions". Import CacheModule.forRoot() with a cache of that name.',
    );
  });

  it('cannot be used before it has its cache', async () => {
    await expect(cacheEngine().fetch(makeSessionKey())).rejects.toThrow(ImproperlyConfiguredError);
  });
});
