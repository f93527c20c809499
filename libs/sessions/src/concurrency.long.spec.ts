import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { CacheModule } from '@nest-quintet/cache';
import { redisCache } from '@nest-quintet/cache/redis';
import { OrmModule } from '@nest-quintet/orm';
import { PrismaClient } from '../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { describeWith, describeWithOwn, type PostgresServer } from '../../../test/support/servers.js';
import { redis } from '../../../test/support/servers/redis.js';
import type { ServerKind } from '../../../test/support/servers/server-kind.js';
import { ServerProcess } from '../../../test/support/servers/server-process.js';
import { cacheEngine } from './cache/cache.engine.js';
import { cachedDbEngine } from './cached-db/cached-db.engine.js';
import { prismaEngine } from './prisma/prisma.engine.js';
import { type SessionApp, startApp, Visitor } from './session-http.spec-support.js';

const VISITORS = 50;
const REQUESTS = 40;
/** Seconds that a request may wait for its store: the default. */
const TIMEOUT = 5;

interface Store {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Says what stays true when many come at once, and when the store is killed meanwhile. */
function describeStore(name: string, open: () => Promise<{ apps: SessionApp[]; store: Store }>): void {
  describe(`${VISITORS} visitors with ${REQUESTS} requests at the same time on ${name}`, () => {
    let apps: SessionApp[];
    let store: Store;
    const next = () => {
      apps.push(apps.shift()!);
      return apps[0]!.url;
    };

    beforeAll(async () => {
      ({ apps, store } = await open());
    }, 60_000);

    afterAll(async () => {
      jest.restoreAllMocks();
      await Promise.all(apps.map((app) => app.close()));
    });

    it('lose no update', async () => {
      const visitors = await welcome(next);
      const answers = await Promise.all(visitors.flatMap((visitor) => burst(visitor)));
      expect(tally(answers.map(({ status }) => status))).toEqual({ 200: VISITORS * REQUESTS });
      let lost = 0;
      for (const visitor of visitors) lost += REQUESTS + 1 - Object.keys(await read(visitor)).length;
      expect(lost).toBe(0);
    }, 120_000);

    it('never bring back a session that a logout ended among them', async () => {
      const visitors = await welcome(next);
      const answers = await Promise.all(
        visitors.flatMap((visitor) => {
          // A browser that keeps the cookie as it was.
          const fixed = () => new Visitor(next, visitor.cookie);
          const requests = Array.from({ length: 10 }, (_, i) => fixed().post('/write', { [`key${i}`]: i }));
          return [
            ...requests,
            fixed().post('/logout'),
            ...requests.map((_, i) => fixed().post('/write', { [`late${i}`]: i })),
          ];
        }),
      );
      const statuses = tally(answers.map(({ status }) => status));
      expect(Object.keys(statuses).filter((status) => !['200', '201', '400'].includes(status))).toEqual([]);
      const resurrected = await Promise.all(
        visitors.map(async (visitor) => Object.keys(await read(visitor)).length),
      );
      expect(resurrected.filter((keys) => keys > 0)).toEqual([]);
    }, 120_000);

    it('lose nothing that was answered when the store is killed, and wait for it no longer than told to', async () => {
      const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
      const visitors = await welcome(next);
      const kept = visitors.map(() => new Set<string>());
      const slowest = { touching: 0, passing: 0 };
      const statuses: number[] = [];
      const passing: number[] = [];
      const end = new AbortController();
      const work = visitors.map(async (visitor, v) => {
        for (let i = 0; !end.signal.aborted; i++) {
          const key = `key${i}`;
          const cookie = visitor.cookie!;
          const written = await timed(() => new Visitor(next, cookie).post('/write', { [key]: i }));
          statuses.push(written.status);
          if (written.status === 200) kept[v]!.add(key);
          slowest.touching = Math.max(slowest.touching, written.seconds);
          const passed = await timed(() => new Visitor(next, cookie).get('/passing-by'));
          passing.push(passed.status);
          slowest.passing = Math.max(slowest.passing, passed.seconds);
          await sleep(20);
        }
      });
      await sleep(2000);
      await store.kill();
      await sleep(4000);
      const during = tally(statuses);
      await store.restart();
      for (const visitor of visitors) {
        while ((await new Visitor(next, visitor.cookie).get('/read')).status !== 200) await sleep(50);
      }
      await sleep(1000);
      end.abort();
      await Promise.all(work);
      const told = errors.mock.calls
        .map(([message]) => String(message))
        .filter((message) => message.includes('503'));
      process.stderr.write(
        `${name}: ${JSON.stringify(tally(statuses))} touching, ${JSON.stringify(tally(passing))} passing by; slowest ${JSON.stringify(slowest)}; ${told.length} lines: ${told[0]}\n`,
      );
      expect(Object.keys(tally(statuses)).sort()).toEqual(['200', '503']);
      expect(during[503]).toBeGreaterThan(0);
      expect(tally(passing)).toEqual({ 200: passing.length });
      expect(told.length).toBeGreaterThan(0);
      expect(told[0]).toMatch(
        /^The session store failed to (read|save) a session\. .+\. Requests that use their session answer 503 until the store is back\.$/,
      );
      let lost = 0;
      for (const [v, visitor] of visitors.entries()) {
        const values = await read(visitor);
        for (const key of kept[v]!) if (!(key in values)) lost += 1;
      }
      expect(lost).toBe(0);
    }, 120_000);
  });
}

async function welcome(next: () => string): Promise<Visitor[]> {
  const visitors = Array.from({ length: VISITORS }, () => new Visitor(next));
  await Promise.all(visitors.map((visitor) => visitor.post('/write', { first: true })));
  return visitors;
}

function burst(visitor: Visitor): ReturnType<Visitor['post']>[] {
  return Array.from({ length: REQUESTS }, (_, i) => visitor.post('/write', { [`key${i}`]: i }));
}

async function read(visitor: Visitor): Promise<object> {
  return (await visitor.get('/read')).body as object;
}

function tally(statuses: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function timed(ask: () => Promise<{ status: number }>): Promise<{ status: number; seconds: number }> {
  const start = performance.now();
  const { status } = await ask();
  return { status, seconds: (performance.now() - start) / 1000 };
}

const settings = { timeout: TIMEOUT };

/** The tests' own PostgreSQL answers before it has written; here it must not. */
async function openDurable(server: PostgresServer): Promise<TestDatabase> {
  const shop = await createTestDatabase({ server });
  const name = new URL(shop.url!).pathname.slice(1);
  await shop.database.execute(`ALTER DATABASE "${name}" SET synchronous_commit = on`, []);
  return shop;
}

describeWithOwn('postgres', 'PostgreSQL', (servers) => {
  let shop: TestDatabase;

  afterAll(() => shop?.close());

  describeStore('prismaEngine() on PostgreSQL', async () => {
    shop = await openDurable(servers.postgres);
    const orm = () =>
      OrmModule.forRoot({
        adapter: new PrismaPg({ connectionString: shop.url }),
        client: (adapter: never) => new PrismaClient({ adapter }),
        schema: shop.schema,
      } as never);
    const start = () => startApp(prismaEngine(), { ...settings, imports: [orm()] });
    return { apps: [await start(), await start()], store: servers.postgres };
  });
});

/** A Redis that has written to disk what it has answered: what it loses otherwise is not ours to keep. */
const durableRedis: ServerKind = {
  ...redis,
  commandLine: (folder, port) => {
    const [binary, args] = redis.commandLine(folder, port);
    return [binary, [...args, '--appendonly', 'yes', '--appendfsync', 'always']];
  },
};

describeWith('redis', 'Redis', () => {
  let server: ServerProcess;

  afterAll(() => server?.stop());

  describeStore('cacheEngine() on Redis', async () => {
    server = await ServerProcess.start(durableRedis);
    const start = () =>
      startApp(cacheEngine(), {
        ...settings,
        imports: [
          CacheModule.forRoot({
            caches: { default: redisCache({ url: server.url, operationTimeout: '1s' }) },
          }),
        ],
      });
    return { apps: [await start(), await start()], store: server };
  });
});

describeWithOwn(['postgres', 'redis'], 'PostgreSQL with copies in Redis', (servers) => {
  let shop: TestDatabase;

  afterAll(() => shop?.close());

  describeStore('cachedDbEngine() on PostgreSQL and Redis', async () => {
    shop = await openDurable(servers.postgres);
    const start = () =>
      startApp(cachedDbEngine(), {
        ...settings,
        imports: [
          OrmModule.forRoot({
            adapter: new PrismaPg({ connectionString: shop.url }),
            client: (adapter: never) => new PrismaClient({ adapter }),
            schema: shop.schema,
          } as never),
          CacheModule.forRoot({
            caches: { default: redisCache({ url: servers.redis.url, operationTimeout: '1s' }) },
          }),
        ],
      });
    return { apps: [await start(), await start()], store: servers.postgres };
  });
});
