import { afterEach, describe, expect, it } from '@jest/globals';
import { CACHE_MANAGER, CacheInterceptor, Cache as NestCache } from '@nestjs/cache-manager';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  UseInterceptors,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Cache as CacheManager } from 'cache-manager';
import supertest from 'supertest';
import { Cache, CacheModule, dummyCache, getCacheToken, InjectCache, memoryCache } from '../index.js';

let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function boot(module: new () => unknown): Promise<INestApplication> {
  app = await NestFactory.create(module, { logger: false, abortOnError: false });
  await app.init();
  return app;
}

@Injectable()
class Ratings {
  constructor(
    readonly cache: Cache,
    @InjectCache('local') readonly local: Cache,
  ) {}
}

@Injectable()
class Typo {
  constructor(@InjectCache('lokal') readonly cache: Cache) {}
}

describe('CacheModule', () => {
  it('injects the default cache as Cache and the others by alias', async () => {
    @Module({
      imports: [
        CacheModule.forRoot({ caches: { default: memoryCache(), local: memoryCache({ keyPrefix: 'l' }) } }),
      ],
      providers: [Ratings],
    })
    class App {}
    const ratings = (await boot(App)).get(Ratings);
    await ratings.cache.set('k', 'default');
    await ratings.local.set('k', 'local');
    expect(await ratings.cache.get('k')).toBe('default');
    expect(ratings.local.makeKey('k')).toBe('l:1:k');
    expect(app!.get<Cache>(getCacheToken('local'))).toBe(ratings.local);
  });

  it('works with no options: one memory cache', async () => {
    @Module({ imports: [CacheModule.forRoot()] })
    class App {}
    const cache = (await boot(App)).get(Cache);
    await cache.set('k', 1);
    expect(await cache.get('k')).toBe(1);
  });

  it('takes options from other providers', async () => {
    @Injectable()
    class Config {
      readonly keyPrefix = 'from-config';
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    @Module({
      imports: [
        CacheModule.forRootAsync({
          imports: [ConfigModule],
          inject: [Config],
          aliases: ['default', 'local'],
          useFactory: ({ keyPrefix }: Config) => ({
            caches: { default: memoryCache({ keyPrefix }), local: dummyCache() },
          }),
        }),
      ],
      providers: [Ratings],
    })
    class App {}
    expect((await boot(App)).get(Cache).makeKey('k')).toBe('from-config:1:k');
  });

  it('gives each application caches of its own', async () => {
    @Module({ imports: [CacheModule.forRoot()] })
    class App {}
    await (await boot(App)).get(Cache).set('k', 1);
    await app!.close();
    expect(await (await boot(App)).get(Cache).get('k')).toBeUndefined();
  });

  it('refuses to start when an alias is asked for that is not configured', async () => {
    @Module({
      imports: [CacheModule.forRoot({ caches: { default: memoryCache(), local: memoryCache() } })],
      providers: [Typo],
    })
    class App {}
    await expect(boot(App)).rejects.toThrow(
      '@InjectCache(): unknown cache "lokal". Choices are: default, local.',
    );
  });

  it('starts although somebody else asked for an alias that it does not have', async () => {
    @Module({ imports: [CacheModule.forRoot()] })
    class App {}
    await expect(boot(App)).resolves.toBeDefined();
  });

  it('refuses to do without a default cache', () => {
    expect(() => CacheModule.forRoot({ caches: { local: memoryCache() } })).toThrow(
      'CacheModule: there is no cache named "default". Add one to caches, for example memoryCache().',
    );
  });

  it('refuses to start when useFactory configures less than the aliases promise', async () => {
    @Module({
      imports: [
        CacheModule.forRootAsync({
          aliases: ['default', 'pages'],
          useFactory: () => ({ caches: { default: memoryCache() } }),
        }),
      ],
    })
    class App {}
    await expect(boot(App)).rejects.toThrow('CacheModule: unknown cache "pages". Choices are: default.');
  });
});

describe('CACHE_MANAGER', () => {
  @Controller()
  class Books {
    runs = 0;

    constructor(@Inject(CACHE_MANAGER) readonly manager: CacheManager) {}

    @Get('books')
    @UseInterceptors(CacheInterceptor)
    list() {
      return { run: ++this.runs };
    }
  }

  @Module({
    imports: [CacheModule.forRoot({ caches: { default: memoryCache({ keyPrefix: 'shop' }) } })],
    controllers: [Books],
  })
  class App {}

  it('shows the same entries as Cache, under the same keys', async () => {
    const cache = (await boot(App)).get(Cache);
    const manager = app!.get<CacheManager>(CACHE_MANAGER);
    await cache.set('a', { n: [1] });
    await manager.set('b', new Date(0), 10_000);
    await manager.mset([{ key: 'c', value: 3 }, { key: 'd', value: 4 }]); // prettier-ignore
    expect(await manager.get('a')).toEqual({ n: [1] });
    expect(await cache.get('b')).toEqual(new Date(0));
    expect(await cache.getMany(['c', 'd'])).toEqual(new Map([['c', 3], ['d', 4]])); // prettier-ignore
    expect(await manager.mget(['a', 'nope', 'c'])).toEqual([{ n: [1] }, undefined, 3]);
    await manager.del('a');
    expect(await cache.has('a')).toBe(false);
    expect(await manager.wrap('e', () => 5)).toBe(5);
    expect(await cache.get('e')).toBe(5);
    await manager.clear();
    expect(await cache.has('b')).toBe(false);
    expect(app!.get(NestCache)).toBe(manager);
  });

  it('keeps instances of classes as the JSON that they are elsewhere', async () => {
    class Book {
      name = 'Emma';
    }
    const manager = (await boot(App)).get<CacheManager>(CACHE_MANAGER);
    await manager.set('book', new Book());
    expect(await manager.get('book')).toEqual({ name: 'Emma' });
  });

  it("serves Nest's CacheInterceptor", async () => {
    const server = supertest((await boot(App)).getHttpServer());
    await server.get('/books').expect({ run: 1 });
    await server.get('/books').expect({ run: 1 });
    await app!.get(Cache).clear();
    await server.get('/books').expect({ run: 2 });
  });
});
