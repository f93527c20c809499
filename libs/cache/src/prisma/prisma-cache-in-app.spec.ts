import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { Database, OrmModule } from '@nest-quintet/orm';
import supertest from 'supertest';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { Cache, CacheModule, CachePage } from '../index.js';
import { CacheInvalidationModule } from '../invalidation/index.js';
import { prismaCache } from './index.js';

@Controller()
class Shop {
  runs = 0;

  constructor(
    private readonly database: Database,
    private readonly cache: Cache,
  ) {}

  @Get()
  @CachePage(900, { invalidateOn: 'auto' })
  async count() {
    await this.cache.set('seen', ++this.runs);
    const { rows } = await this.database.query('SELECT count(*)::int FROM shop_store', []);
    return { run: this.runs, stores: rows[0]![0], seen: await this.cache.get('seen') };
  }
}

describe('prismaCache() in an application that invalidates what was read', () => {
  let shop: TestDatabase;
  let app: INestApplication;

  beforeAll(async () => {
    shop = await createTestDatabase();
    app = await boot(shop, prismaCache({ operationTimeout: '10s' }));
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  it('finds its database by its alias, and no page depends on the table of the cache', async () => {
    const outcomes: string[] = [];
    const ask = async () => outcomes.push((await supertest(app.getHttpServer()).get('/').expect(200)).headers['x-cache']!); // prettier-ignore
    await ask();
    await ask();
    await app.get(Cache).set('other', 1);
    await ask();
    await (app.get(Database).client as PrismaClient).store.updateMany({ data: { name: 'x' } });
    await ask();
    expect(outcomes).toEqual(['MISS', 'HIT', 'HIT', 'MISS']);
  });

  it('fails at start-up where there is no such database', async () => {
    await expect(boot(shop, prismaCache({ database: 'replica' }))).rejects.toThrow(
      'prismaCache(): there is no database "replica". Import OrmModule.forRoot() with a database of that name.',
    );
  });
});

async function boot(shop: TestDatabase, cache: ReturnType<typeof prismaCache>): Promise<INestApplication> {
  @Module({
    imports: [
      MiddlewareModule.forRoot(),
      OrmModule.forRoot({
        adapter: shop.adapter,
        client: (adapter: never) => new PrismaClient({ adapter }),
        schema: shop.schema,
      } as never),
      CacheModule.forRoot({ caches: { default: cache } }),
      CacheInvalidationModule.forRoot(),
    ],
    controllers: [Shop],
  })
  class App {}
  const app = await NestFactory.create(App, { logger: false, abortOnError: false });
  return app.listen(0, '127.0.0.1').then(() => app);
}
