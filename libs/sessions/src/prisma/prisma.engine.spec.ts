import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { PrismaPg } from '@prisma/adapter-pg';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { type Database, OrmModule, PrismaDatabase } from '@nest-quintet/orm';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import { describeEngine } from '../engines/engine-contract.spec-support.js';
import { describeOverHttp, eventually, startApp } from '../session-http.spec-support.js';
import { makeSessionKey } from '../session/session-key.js';
import { resolveSettings } from '../settings.js';
import { prismaEngine } from './prisma.engine.js';

const inAMinute = () => new Date(Date.now() + 60_000);

async function countRows(database: Database): Promise<number> {
  const { rows } = await database.query('SELECT count(*)::int FROM quintet_session', []);
  return rows[0]![0] as number;
}

describe('prismaEngine() on PGlite', () => {
  let shop: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    shop = await createTestDatabase();
    ({ database } = shop);
  }, 60_000);

  afterAll(() => shop.close());

  beforeEach(() => database.execute('DELETE FROM quintet_session', []));

  describeEngine('prismaEngine() on PGlite', { create: () => prismaEngine({ database }), hasIndex: true });

  it('keeps the digest of the key, never the key', async () => {
    const { key } = await prismaEngine({ database }).create(makeSessionKey(), { a: 1 }, inAMinute());
    const { rows } = await database.query('SELECT key, data FROM quintet_session', []);
    expect(rows).toEqual([[expect.stringMatching(/^[0-9a-f]{64}$/), '{"a":1}']]);
    expect(rows[0]![0]).not.toContain(key);
  });

  it('clears what has expired, however much it is', async () => {
    const engine = prismaEngine({ database });
    await database.execute(
      "INSERT INTO quintet_session SELECT 'old' || n, '{}', now() - interval '1 day' FROM generate_series(1, 2500) n",
      [],
    );
    await engine.create(makeSessionKey(), {}, inAMinute());
    expect(await engine.clearExpired()).toBe(2500);
    expect(await countRows(database)).toBe(1);
  });

  it('is undone with the transaction in which it wrote', async () => {
    const engine = prismaEngine({ database });
    const undone = database.atomic(async () => {
      await engine.create(makeSessionKey(), { a: 1 }, inAMinute());
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await countRows(database)).toBe(0);
  });

  it('names the model that is not there, and the remedy', () => {
    expect(() => prismaEngine({ database, model: 'Sesion' })).toThrow(ImproperlyConfiguredError);
    expect(() => prismaEngine({ database, model: 'Sesion' })).toThrow(
      'has no model "Sesion". Add one with key, data and expiresAt, or name another: prismaEngine({ model }). Choices are: Author, Book,',
    );
    expect(() => prismaEngine({ database, model: 'Book' })).toThrow('the model "Book" has no field "key".');
  });
});

describe('prismaEngine()', () => {
  it('names the database that is not there, and the remedy', () => {
    expect(() => prismaEngine({ database: 'replica' }).attach(() => undefined, resolveSettings())).toThrow(
      'prismaEngine(): there is no database "replica". Import OrmModule.forRoot() with a database of that name.',
    );
  });

  it('cannot be used before it has its database', async () => {
    await expect(prismaEngine().fetch(makeSessionKey())).rejects.toThrow(ImproperlyConfiguredError);
  });
});

describeWith('postgres', 'prismaEngine() on PostgreSQL', (servers) => {
  let shop: TestDatabase;
  let second: PrismaDatabase;
  const connection = () => ({
    adapter: new PrismaPg({ connectionString: shop.url }),
    client: (adapter: PrismaPg) => new PrismaClient({ adapter }),
    schema: shop.schema,
  });

  beforeAll(async () => {
    shop = await createTestDatabase({ server: servers.postgres });
    second = new PrismaDatabase('default', connection() as never);
    await second.connect();
  }, 60_000);

  afterAll(async () => {
    await second.disconnect();
    await shop.close();
  });

  describeEngine('prismaEngine() on PostgreSQL', {
    create: () => prismaEngine({ database: shop.database }),
    createSecond: () => prismaEngine({ database: second }),
    hasIndex: true,
  });

  const start = () => startApp(prismaEngine(), { imports: [OrmModule.forRoot(connection() as never)] });

  describeOverHttp('prismaEngine() on PostgreSQL', () => Promise.all([start(), start()]));
});

describeWithOwn('postgres', 'an application on a PostgreSQL that stops', (servers) => {
  it('answers 503 to whoever touches the session, in bounded time, until the database is back', async () => {
    const shop = await createTestDatabase({ server: servers.postgres });
    const { url, close } = await startApp(prismaEngine({ database: shop.database }), { timeout: '1s' });
    const agent = request.agent(url);
    await agent.get('/visits').expect(200, '1');
    for (const [stop, start] of [
      ['pause', 'resume'],
      ['kill', 'restart'],
    ] as const) {
      await servers.postgres[stop]();
      await agent.get('/visits').expect(503);
      await agent.get('/passing-by').expect(200);
      await servers.postgres[start]();
      await eventually(() => agent.get('/visits'), 200);
    }
    await close();
    await shop.close();
  }, 60_000);
});
