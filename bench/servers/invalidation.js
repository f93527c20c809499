import 'reflect-metadata';
import { builtOfApp, ofApp } from '../orm/peers.js';
import { decorateMethod } from './pages.js';

/**
 * A page that reads the database, never twice the same, and a write to what it read:
 * `invalidation.js watched|bare ENTRIES URL`. Where it is watched, changes make pages stale, of which there are ENTRIES.
 */
const [mode = '', entries = '0', url = ''] = process.argv.slice(2);
const isWatched = mode === 'watched';

const { Controller, Get } = await ofApp('@nestjs/common');
const { NestFactory } = await ofApp('@nestjs/core');
const { PrismaPg } = await ofApp('@prisma/adapter-pg');
const { Database, OrmModule } = await ofApp('@nest-quintet/orm');
const { Cache, CacheModule, CachePage, memoryCache } = await ofApp('@nest-quintet/cache');
const { CacheInvalidationModule } = await ofApp('@nest-quintet/cache/invalidation');
const { MiddlewareModule } = await ofApp('@nest-quintet/middleware');
const { PrismaClient } = await builtOfApp('generated/prisma/client.js');
const { schema } = await builtOfApp('generated/quintet/index.js');

class Books {
  /** @param {any} database */
  constructor(database) {
    this.client = database.client;
  }

  page() {
    return this.client.book.findMany({ take: 10, orderBy: { id: 'asc' } });
  }

  async write() {
    await this.client.book.update({ where: { id: 1 }, data: { pages: { increment: 1 } } });
    return {};
  }
}
decorateMethod(Books, 'page', [Get('page'), CachePage(60, isWatched ? { invalidateOn: 'auto' } : {})]);
decorateMethod(Books, 'write', [Get('write')]);
Reflect.defineMetadata('design:paramtypes', [Database], Books);
Controller()(Books);

const app = await NestFactory.create(
  {
    module: class BenchModule {},
    imports: [
      OrmModule.forRoot({
        adapter: new PrismaPg({ connectionString: url }),
        client: (/** @type {unknown} */ adapter) => new PrismaClient({ adapter }),
        schema,
      }),
      CacheModule.forRoot({ caches: { default: memoryCache({ maxEntries: Number(entries) + 10_000 }) } }),
      ...(isWatched ? [CacheInvalidationModule.forRoot()] : []),
      MiddlewareModule.forRoot(),
    ],
    controllers: [Books],
  },
  { logger: ['error', 'warn'] },
);
let asked = 0;
app.use((/** @type {any} */ request, /** @type {any} */ _response, /** @type {() => void} */ next) => {
  if (request.originalUrl === '/page') request.originalUrl = `/page?${asked++}`;
  next();
});
const cache = app.get(Cache);
const tags = ['table:default:shop_book'];
for (let entry = 0; entry < Number(entries); entry++)
  await cache.set(`entry:${entry}`, entry, null, { tags });
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
process.stdin.resume().once('end', () => process.exit());
