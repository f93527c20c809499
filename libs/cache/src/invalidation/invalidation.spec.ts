import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Module,
  type DynamicModule,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { Database, Manager, ManagerFor, OrmModule } from '@nest-quintet/orm';
import supertest from 'supertest';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { Cache, CacheModule, CachePage, memoryCache, type CacheFactory } from '../index.js';
import { redisCache } from '../redis/index.js';
import { CacheInvalidationModule } from './index.js';

@ManagerFor('Book')
class Books extends Manager<'Book'> {}

/** Lets a test hold a handler back after it has read. */
const gate = { read: () => {}, until: Promise.resolve() };

@Controller()
class Shop {
  runs = 0;

  constructor(
    private readonly books: Books,
    private readonly database: Database,
  ) {}

  get prisma(): PrismaClient {
    return this.database.client as PrismaClient;
  }

  @Get('query-set')
  @CachePage(900, { invalidateOn: 'auto' })
  async querySet() {
    return { run: ++this.runs, count: await this.books.count() };
  }

  @Get('prisma')
  @CachePage(900, { invalidateOn: 'auto' })
  async included() {
    const book = await this.prisma.book.findFirstOrThrow({
      include: { publisher: true },
      orderBy: { id: 'asc' },
    });
    return { run: ++this.runs, publisher: book.publisher?.name };
  }

  @Get('raw')
  @CachePage(900, { invalidateOn: 'auto' })
  async raw() {
    const { rows } = await this.database.query('SELECT count(*)::int FROM shop_store', []);
    return { run: ++this.runs, stores: rows[0]![0] };
  }

  @Get('named')
  @CachePage(900, { invalidateOn: ['Publisher'] })
  named() {
    return { run: ++this.runs };
  }

  @Get('slow')
  @CachePage(900, { invalidateOn: 'auto' })
  async slow() {
    const { rows } = await this.database.query('SELECT count(*)::int FROM shop_store', []);
    gate.read();
    await gate.until;
    return { run: ++this.runs, stores: rows[0]![0] };
  }
}

function appWith(shop: TestDatabase, cache: CacheFactory): Type | DynamicModule {
  @Module({
    imports: [
      OrmModule.forRoot({
        adapter: shop.adapter,
        client: (adapter) => new PrismaClient({ adapter }),
        schema: shop.schema,
      }),
      OrmModule.forFeature([Books]),
      CacheModule.forRoot({ caches: { default: cache } }),
      CacheInvalidationModule.forRoot(),
      MiddlewareModule.forRoot(),
    ],
    controllers: [Shop],
  })
  class App {}
  return App;
}

async function boot(module: Type | DynamicModule): Promise<INestApplication> {
  const app = await NestFactory.create(module as Type, { logger: false, abortOnError: false });
  return app.listen(0, '127.0.0.1').then(() => app);
}

describe('invalidateOn', () => {
  let shop: TestDatabase;
  let app: INestApplication;
  let http: ReturnType<typeof supertest>;
  let prisma: PrismaClient;

  beforeAll(async () => {
    shop = await createTestDatabase();
    app = await boot(appWith(shop, memoryCache()));
    http = supertest(app.getHttpServer());
    prisma = app.get(Database).client as PrismaClient;
  });

  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  async function outcomes(path: string, change: () => Promise<unknown>): Promise<string[]> {
    await app.get(Cache).clear();
    const result: string[] = [];
    const ask = async () => result.push((await http.get(path).expect(200)).headers['x-cache']!);
    await ask();
    await ask();
    await change();
    await ask();
    await ask();
    return result;
  }

  const STALE = ['MISS', 'HIT', 'MISS', 'HIT'];
  const FRESH = ['MISS', 'HIT', 'HIT', 'HIT'];

  const ways: Record<string, () => Promise<unknown>> = {
    'a Prisma call': () => prisma.book.updateMany({ data: { pages: { increment: 1 } } }),
    'a QuerySet': () => app.get(Books).filter({ id: 1 }).update({ pages: 7 }),
    'raw SQL': () => prisma.$executeRawUnsafe('UPDATE shop_book SET pages = 8 WHERE id = 1'),
    'a nested write': () =>
      prisma.publisher.update({
        where: { id: 1 },
        data: { books: { updateMany: { where: {}, data: { pages: 9 } } } },
      }),
    'a transaction': () => app.get(Database).atomic(() => prisma.book.updateMany({ data: { pages: 5 } })),
  };

  it.each(Object.keys(ways))('makes a page stale when %s changes a table that was read', async (way) => {
    expect(await outcomes('/query-set', ways[way]!)).toEqual(STALE);
  });

  it('leaves a page alone when another table changes, or nothing at all', async () => {
    expect(await outcomes('/query-set', () => prisma.store.updateMany({ data: { name: 'x' } }))).toEqual(
      FRESH,
    );
    const rollBack = () =>
      app.get(Database).atomic(async () => {
        await prisma.book.updateMany({ data: { pages: 1 } });
        app.get(Database).setRollback();
      });
    expect(await outcomes('/query-set', rollBack)).toEqual(FRESH);
  });

  it('sees the tables of joins and of raw SQL', async () => {
    expect(await outcomes('/prisma', () => prisma.publisher.updateMany({ data: { numAwards: 3 } }))).toEqual(
      STALE,
    );
    expect(await outcomes('/raw', () => prisma.store.updateMany({ data: { name: 'y' } }))).toEqual(STALE);
  });

  it('takes the names of models instead', async () => {
    expect(await outcomes('/named', () => prisma.publisher.updateMany({ data: { numAwards: 3 } }))).toEqual(
      STALE,
    );
    expect(await outcomes('/named', () => prisma.book.updateMany({ data: { pages: 3 } }))).toEqual(FRESH);
  });

  it('never serves a page that was made while its data changed', async () => {
    let open = () => {};
    const hasRead = new Promise<void>((resolve) => (gate.read = resolve));
    gate.until = new Promise((resolve) => (open = resolve));
    const early = http.get('/slow').then(({ body }) => body as { stores: number });
    await hasRead;
    await prisma.store.deleteMany({ where: { id: 1 } });
    const late = http.get('/slow').then(({ body }) => body as { stores: number });
    open();
    const [before, after] = await Promise.all([early, late]);
    expect(after.stores).toBe(before.stores - 1);
    expect((await http.get('/slow')).body).toMatchObject({ stores: after.stores });
  });

  it('refuses to start with the name of no model', async () => {
    @Controller()
    class Wrong {
      @Get()
      @CachePage(60, { invalidateOn: ['Boook'] })
      list() {}
    }
    const imports = Reflect.getMetadata('imports', appWith(shop, memoryCache())) as [];
    @Module({ imports, controllers: [Wrong] })
    class App {}
    await expect(boot(App)).rejects.toThrow(
      '@CachePage() on Wrong.list: unknown model "Boook". Choices are: Author, Book,',
    );
  });
});

describeWith(['redis', 'postgres'], 'invalidateOn across processes', (servers) => {
  it('makes the pages of one application stale by a commit of another', async () => {
    const shop = await createTestDatabase({ server: servers.postgres });
    const cache = redisCache({ url: servers.redis.url, operationTimeout: '5s' });
    const apps = await Promise.all([boot(appWith(shop, cache)), boot(appWith(shop, cache))]);
    const ask = async (index: number) =>
      (await supertest(apps[index]!.getHttpServer()).get('/query-set').set('Host', 'shop.example')).headers[
        'x-cache'
      ];
    expect([await ask(0), await ask(1)]).toEqual(['MISS', 'HIT']);
    await apps[1].get(Books).filter({ id: 1 }).update({ pages: 77 });
    expect([await ask(0), await ask(1), await ask(0)]).toEqual(['MISS', 'HIT', 'HIT']);
    await Promise.all(apps.map((app) => app.close()));
    await shop.close();
  });
});
