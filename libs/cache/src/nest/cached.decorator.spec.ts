import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Registry } from 'prom-client';
import { Cache, Cached, CacheModule, CacheStatistics, memoryCache } from '../index.js';
import { collectCacheMetrics } from '../prometheus/index.js';

@Injectable()
class Ratings {
  calls: unknown[] = [];

  @Cached('10m', { key: (id: number) => `rating:${id}`, tags: (_, id) => [`book:${id}`] })
  async of(id: number): Promise<number> {
    this.calls.push(id);
    return id % 5;
  }

  @Cached('10m', { cache: 'local' })
  async simple(...args: unknown[]): Promise<string> {
    this.calls.push(args);
    return `${args.length} arguments`;
  }

  @Cached(60, { cache: 'nowhere' })
  async lost(): Promise<number> {
    return 1;
  }
}

let app: INestApplicationContext;

afterEach(() => app?.close());

async function start(): Promise<Ratings> {
  @Module({
    imports: [CacheModule.forRoot({ caches: { default: memoryCache(), local: memoryCache() } })],
    providers: [Ratings],
  })
  class App {}
  app = await NestFactory.createApplicationContext(App, { logger: false });
  return app.get(Ratings);
}

describe('@Cached()', () => {
  it('keeps what a method returns, under its key and tags', async () => {
    const ratings = await start();
    expect([await ratings.of(7), await ratings.of(7), await ratings.of(8)]).toEqual([2, 2, 3]);
    expect(ratings.calls).toEqual([7, 8]);
    expect(await app.get(Cache).get('rating:7')).toBe(2);
    await app.get(Cache).invalidateTags('book:7');
    await Promise.all([ratings.of(7), ratings.of(7), ratings.of(8)]);
    expect(ratings.calls).toEqual([7, 8, 7]);
  });

  it('tells calls apart by their simple arguments', async () => {
    const ratings = await start();
    const calls = [[], [1], ['1'], ['a', 'b'], ['a:b'], ['a"', '"b'], [true], [null], [undefined], ['null']];
    for (const args of calls) await ratings.simple(...args);
    expect(ratings.calls).toEqual(calls);
    await expect(async () => ratings.simple({})).rejects.toThrow(
      '@Cached() on Ratings.simple: an argument is no text, number or boolean. Say what tells calls apart',
    );
  });

  it('names the cache that there is not', async () => {
    const ratings = await start();
    await expect(async () => ratings.lost()).rejects.toThrow(
      '@Cached() on Ratings.lost: unknown cache "nowhere". Choices are: default, local.',
    );
  });

  it('leaves an object alone that Nest did not make', async () => {
    const ratings = new Ratings();
    expect([await ratings.of(7), await ratings.of(7)]).toEqual([2, 2]);
    expect(ratings.calls).toEqual([7, 7]);
  });
});

describe('CacheStatistics', () => {
  it('tells what was asked of each cache', async () => {
    await start();
    const cache = app.get(Cache);
    await cache.setMany({ a: 1, b: 2 });
    await cache.get('a');
    await cache.withVersion(2).get('a');
    await cache.getMany(['a', 'b', 'c']);
    await cache.getOrSet('d', () => 4);
    await cache.getOrSet('d', () => 4);
    await cache.delete('d');
    const statistics = app.get(CacheStatistics);
    expect(statistics.of()).toMatchObject({
      hits: 4,
      misses: 3,
      sets: 2,
      deletes: 1,
      computations: 1,
      errors: 0,
    });
    expect(statistics.of('local')).toMatchObject({ hits: 0, misses: 0 });
    expect(() => statistics.of('x')).toThrow(
      'CacheStatistics: unknown cache "x". Choices are: default, local.',
    );
  });

  it('shows the same to Prometheus', async () => {
    await start();
    const register = new Registry();
    collectCacheMetrics(app.get(CacheStatistics), { register, prefix: 'shop_cache_' });
    await app.get(Cache).set('a', 1);
    await app.get(Cache).get('a');
    const text = await register.metrics();
    expect(text).toContain('shop_cache_requests_total{cache="default",result="hit"} 1');
    expect(text).toContain('shop_cache_writes_total{cache="default",kind="set"} 1');
    expect(text).toContain('shop_cache_requests_total{cache="local",result="hit"} 0');
    expect(await register.metrics()).toBe(text);
  });
});
