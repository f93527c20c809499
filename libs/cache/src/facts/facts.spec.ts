import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Headers, Module, Res, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { factChannel } from '@nest-quintet/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import type { ServerResponse } from 'node:http';
import supertest from 'supertest';
import { stopClock } from '../../../../test/support/clock.js';
import {
  Cache,
  CacheControl,
  cacheFragment,
  CacheModule,
  CachePage,
  CacheSiteMiddleware,
  CacheStatistics,
  createCache,
  memoryCache,
  VaryOnHeaders,
  type CacheFact,
  type FragmentFact,
  type PageFact,
} from '../index.js';

afterEach(() => {
  jest.useRealTimers();
});

describe('A cache that is watched', () => {
  const cache = createCache(memoryCache({ keyPrefix: 'shop' }), { alias: 'local' });
  beforeEach(() => cache.clear());

  /** Returns what was told of a piece of work, without the times. */
  async function told(work: () => Promise<unknown>): Promise<object[]> {
    const facts: CacheFact[] = [];
    {
      using _ = factChannel<CacheFact>('cache').watch((fact) => facts.push(fact));
      await work();
    }
    return facts.map(({ startedAt, endedAt, ...fact }) => {
      expect(endedAt).toBeGreaterThanOrEqual(startedAt);
      return fact;
    });
  }

  it('tells its name, what was called, and the keys as the store knows them', async () => {
    const call = (operation: string, ...keys: string[]) =>
      expect.objectContaining({ cache: 'local', operation, keys });
    const all = await told(async () => {
      await cache.set('a', 'four');
      await cache.add('n', 1);
      await cache.incr('n');
      await cache.touch('a', 5);
      await cache.setMany({ b: 1, c: 2 });
      await cache.compareAndSet('b', 1, 2);
      await cache.compareAndDelete('b', 2);
      await cache.withVersion(2).delete('a');
      await cache.deleteMany(['a', 'c']);
      await cache.invalidateTags('x', 'y');
      await (await cache.lock('l')).release();
      await cache.clear();
    });
    expect(all).toEqual([
      call('set', 'shop:1:a'),
      call('add', 'shop:1:n'),
      call('incr', 'shop:1:n'),
      call('touch', 'shop:1:a'),
      call('setMany', 'shop:1:b', 'shop:1:c'),
      call('compareAndSet', 'shop:1:b'),
      call('compareAndDelete', 'shop:1:b'),
      call('delete', 'shop:2:a'),
      call('deleteMany', 'shop:1:a', 'shop:1:c'),
      call('invalidateTags', 'x', 'y'),
      call('lock', 'shop:1:lock:l'),
      call('clear'),
    ]);
  });

  it('tells how many of the keys were there, and the size of texts and bytes', async () => {
    await cache.setMany({ text: 'four', bytes: Buffer.alloc(9), null: null });
    const read = (work: () => Promise<unknown>) => told(work).then(([fact]) => fact as CacheFact);
    expect(await read(() => cache.get('text'))).toMatchObject({ hits: 1, bytes: 4 });
    expect(await read(() => cache.get('bytes'))).toMatchObject({ hits: 1, bytes: 9 });
    expect(await read(() => cache.get('null'))).toMatchObject({ hits: 1, bytes: undefined });
    expect(await read(() => cache.get('nope', 'fallback'))).toMatchObject({ hits: 0 });
    expect(await read(() => cache.has('text'))).toMatchObject({ hits: 1 });
    expect(await read(() => cache.has('nope'))).toMatchObject({ hits: 0 });
    expect(await read(() => cache.getMany(['text', 'nope', 'null']))).toMatchObject({ hits: 2 });
    expect(await read(() => cache.getOrSet('new', () => 'x'))).toMatchObject({ hits: 0, bytes: 1 });
    expect(await read(() => cache.getOrSet('new', () => 'y'))).toMatchObject({ hits: 1 });
  });

  it('answers as it does while nobody watches', async () => {
    await told(async () => {
      expect(await cache.get('nope')).toBeUndefined();
      expect(await cache.get('nope', 5)).toBe(5);
      await cache.set('null', null);
      expect(await cache.get('null', 5)).toBeNull();
    });
  });

  it('tells what failed', async () => {
    const facts = await told(() => expect(cache.incr('nope')).rejects.toThrow('nope'));
    expect(facts).toEqual([expect.objectContaining({ operation: 'incr', error: expect.any(Error) })]);
  });
});

describe('A fragment that is watched', () => {
  it('tells whether it came from the cache', async () => {
    const cache = createCache(memoryCache());
    const facts: FragmentFact[] = [];
    using _ = factChannel<FragmentFact>('fragment').watch((fact) => facts.push(fact));
    for (const _run of [1, 2]) await cacheFragment(cache, 'menu', {}, () => 'text');
    expect(facts.map(({ fragment, isHit }) => [fragment, isHit])).toEqual([
      ['menu', false],
      ['menu', true],
    ]);
  });
});

@Controller()
class Pages {
  @Get('tagged')
  @CachePage(60, { tags: ['books'], grace: '1h' })
  tagged(
    @Headers('x-status') status: string | undefined,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    response.statusCode = Number(status ?? 200);
    return 'page';
  }

  @Get('varied')
  @CachePage(60)
  @VaryOnHeaders('X-Device')
  varied() {
    return 'page';
  }

  @Get('cookie')
  @CachePage(60)
  cookie(@Res({ passthrough: true }) response: ServerResponse) {
    response.setHeader('Set-Cookie', 'a=1');
    return 'page';
  }

  @Get('private')
  @CachePage(60)
  @CacheControl({ private: true })
  private() {
    return 'page';
  }

  @Get('plain')
  plain() {
    return 'page';
  }
}

describe('A page cache that is watched', () => {
  let app: INestApplication;

  async function start(isSite: boolean): Promise<void> {
    @Module({
      imports: [
        CacheModule.forRoot({ caches: { default: memoryCache() } }),
        MiddlewareModule.forRoot({ middleware: isSite ? [CacheSiteMiddleware] : [] }),
      ],
      controllers: [Pages],
    })
    class AppModule {}
    app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, '127.0.0.1');
  }

  afterEach(() => app.close());

  /** Returns what was told of one request. */
  async function told(path: string, headers: Record<string, string> = {}): Promise<PageFact[]> {
    const facts: PageFact[] = [];
    using _ = factChannel<PageFact>('page').watch((fact) => facts.push(fact));
    await supertest(app.getHttpServer()).get(path).set(headers);
    return facts;
  }

  it('tells once for each request what became of it and why, and what would make the page stale', async () => {
    await start(false);
    stopClock(new Date('2024-05-01T12:00:00Z'));
    const [missed, ...others] = await told('/tagged');
    expect(others).toEqual([]);
    expect(missed).toEqual({
      outcome: 'MISS',
      reason: 'no page was kept for this address; this one is kept for 60 s',
      key: expect.stringMatching(/^:1:page:GET:/),
      tags: ['books'],
    });
    jest.setSystemTime(Date.now() + 10_000);
    expect(await told('/tagged')).toEqual([
      { ...missed, outcome: 'HIT', reason: 'a page was kept for this address, fresh for another 50 s' },
    ]);
    jest.setSystemTime(Date.now() + 51_000);
    expect(await told('/tagged', { 'X-Status': '503' })).toEqual([
      {
        ...missed,
        outcome: 'STALE',
        reason: 'the handler answered 503, and the page that was kept is good enough for that',
      },
    ]);
    expect((await told('/tagged'))[0]?.reason).toBe(
      'the time of the page that was kept is over; this one is kept for 60 s',
    );
    await app.get(Cache).invalidateTags('books');
    expect((await told('/tagged'))[0]?.reason).toBe(
      'what the page that was kept was made from has changed; this one is kept for 60 s',
    );
  });

  it('tells what a page varies on', async () => {
    await start(false);
    await told('/varied', { 'X-Device': 'a' });
    const [missed] = await told('/varied', { 'X-Device': 'b' });
    expect(missed?.reason).toMatch(/^no page was kept for this address and these values of x-device; /);
    expect(await told('/varied', { 'X-Device': 'b' })).toEqual([
      expect.objectContaining({ outcome: 'HIT', key: missed?.key }),
    ]);
  });

  it.each([
    ['/cookie', {}, 'MISS', /this one is not kept: the response sets a cookie$/],
    ['/private', {}, 'MISS', /this one is not kept: its Cache-Control says private/],
    ['/plain', { Authorization: 'Bearer x' }, 'BYPASS', /^the request has an Authorization header$/],
  ] as const)(
    'tells why nothing is kept of %s, to a site cache as well',
    async (path, headers, outcome, why) => {
      await start(true);
      for (const fact of await told(path, headers)) {
        expect(fact.outcome).toBe(outcome);
        expect(fact.reason).toMatch(why);
      }
      // Those that have a page cache of their own hear of both.
      expect(await told(path, headers)).toHaveLength(path === '/plain' ? 1 : 2);
    },
  );

  it('counts pages among the hits and misses of the cache', async () => {
    await start(false);
    for (const _ of [1, 2, 3]) await supertest(app.getHttpServer()).get('/tagged');
    expect(app.get(CacheStatistics).of()).toMatchObject({ hits: 2, misses: 1, stale: 0 });
  });
});
