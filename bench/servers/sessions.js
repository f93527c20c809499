/**
 * Serves pages with a session: `node sessions.js KIND STORE URL`.
 *
 * KIND is `express-session`, `early` or `onDemand`; STORE is `memory`, `redis` or `postgres`, which is at URL. What both
 * are made of is loaded from one place, so that they run on one copy of Nest, of express-session and of the drivers.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../tools/lib/paths.js';

const [kind = '', store = '', url = ''] = process.argv.slice(2);
const fromApp = createRequire(join(root, 'apps', 'bookshop', 'package.json'));
/** @param {string} name */
const load = (name) => import(pathToFileURL(fromApp.resolve(name)).href);

await load('reflect-metadata');
const { Controller, Get, Req } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');
const { default: expressSession } = await load('express-session');

const secret = 'the secret of both';
/** @type {string[]} */
const operations = [];

/** What a session of a shop holds. */
const profile = {
  name: 'Ann',
  roles: ['reader', 'buyer'],
  cart: Object.fromEntries([1, 2, 3, 4, 5].map((id) => [id, 2])),
};

class Pages {
  passingBy() {
    return { items: [1, 2, 3], page: 1, pages: 4, total: 12 };
  }

  /** @param {any} request */
  read({ session }) {
    return { name: session.profile.name };
  }

  /** @param {any} request */
  write({ session }) {
    session.visits = (session.visits ?? 0) + 1;
    return { visits: session.visits };
  }

  /** @param {any} request */
  async welcome({ session }) {
    await session.load?.();
    session.profile = profile;
    session.visits = 0;
    return 'welcome';
  }

  operations() {
    return operations.splice(0);
  }
}

/** A handler as `read(@Session() session)`, which is what loads it on demand. */
class Declared extends Pages {
  /**
   * @override
   * @param {any} session
   */
  read(session) {
    return super.read({ session });
  }

  /**
   * @override
   * @param {any} session
   */
  write(session) {
    return super.write({ session });
  }
}

const controller = kind === 'onDemand' ? Declared : Pages;
const { Session } = await load('@nestjs/common');
for (const [name, path] of Object.entries({
  passingBy: 'passing-by',
  read: 'read',
  write: 'write',
  welcome: 'welcome',
  operations: 'operations',
})) {
  const handler = Reflect.get(controller.prototype, name);
  Get(path)(controller.prototype, name, { value: handler });
  if (name === 'passingBy' || name === 'operations') continue;
  const parameter = kind === 'onDemand' && name !== 'welcome' ? Session() : Req();
  parameter(controller.prototype, name, 0);
}
Controller()(controller);

class AppModule {}

const app = kind === 'express-session' ? await theirs() : await ours();
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
process.stdin.resume().once('end', () => process.exit());

async function theirs() {
  const app = await NestFactory.create(
    { module: AppModule, controllers: [controller] },
    { logger: ['error', 'warn'] },
  );
  const sessionStore = count(await theirStore(), ['get', 'set', 'touch', 'destroy']);
  app.use(
    expressSession({
      store: sessionStore,
      secret,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 1_209_600_000, sameSite: 'lax' },
    }),
  );
  return app;
}

async function theirStore() {
  if (store === 'memory') return new expressSession.MemoryStore();
  if (store === 'redis') {
    const { createClient } = await load('redis');
    const { RedisStore } = await load('connect-redis');
    const client = createClient({ url });
    await client.connect();
    return new RedisStore({ client });
  }
  const { default: connectPgSimple } = await load('connect-pg-simple');
  const PgStore = connectPgSimple(expressSession);
  return new PgStore({ conString: url, createTableIfMissing: true, pruneSessionInterval: false });
}

async function ours() {
  const { SessionMiddleware, SessionsModule, memoryEngine } = await load('@nest-quintet/sessions');
  const { MiddlewareModule } = await load('@nest-quintet/middleware');
  const { engine, imports } = await ourEngine(memoryEngine);
  count(engine, ['read', 'insert', 'replace', 'remove']);
  return NestFactory.create(
    {
      module: AppModule,
      imports: [
        ...imports,
        SessionsModule.forRoot({ engine, secret, cookieName: 'connect.sid', load: kind }),
        MiddlewareModule.forRoot({ middleware: [SessionMiddleware] }),
      ],
      controllers: [controller],
    },
    { logger: ['error', 'warn'] },
  );
}

/** @param {() => object} memoryEngine */
async function ourEngine(memoryEngine) {
  if (store === 'memory') return { engine: memoryEngine(), imports: [] };
  if (store === 'redis') {
    const { cacheEngine } = await load('@nest-quintet/sessions/cache');
    const { CacheModule } = await load('@nest-quintet/cache');
    const { redisCache } = await load('@nest-quintet/cache/redis');
    return {
      engine: cacheEngine(),
      imports: [CacheModule.forRoot({ caches: { default: redisCache({ url, operationTimeout: '2s' }) } })],
    };
  }
  const { prismaEngine } = await load('@nest-quintet/sessions/prisma');
  const { OrmModule } = await load('@nest-quintet/orm');
  const { applyMigrations } = await load('@nest-quintet/orm/migrations');
  const { PrismaPg } = await load('@prisma/adapter-pg');
  const generated = (/** @type {string} */ file) =>
    import(pathToFileURL(join(root, 'apps', 'bookshop', 'dist', 'generated', file)).href);
  const { PrismaClient } = await generated('prisma/client.js');
  const { schema } = await generated('quintet/index.js');
  const adapter = new PrismaPg({ connectionString: url });
  await applyMigrations({ adapter, directory: join(root, 'prisma', 'migrations') });
  const client = (/** @type {unknown} */ wrapped) => new PrismaClient({ adapter: wrapped });
  return { engine: prismaEngine(), imports: [OrmModule.forRoot({ adapter, client, schema })] };
}

/**
 * Notes what a store is asked.
 *
 * @param {any} target
 * @param {string[]} methods
 */
function count(target, methods) {
  for (const name of methods) {
    const method = target[name];
    if (typeof method !== 'function') continue;
    target[name] = (/** @type {unknown[]} */ ...args) => {
      if (operations.length < 10_000) operations.push(name);
      return method.apply(target, args);
    };
  }
  return target;
}
