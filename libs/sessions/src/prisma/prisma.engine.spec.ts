import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { type Database, OrmModule, PrismaDatabase } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { describeWith } from '../../../../test/support/servers.js';
import { describeEngine } from '../engines/engine-contract.spec-support.js';
import { describeOverHttp, startApp } from '../session-http.spec-support.js';
import { makeSessionKey } from '../session/session-key.js';
import { prismaEngine } from './prisma.engine.js';

const migrations = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));
const inAMinute = () => new Date(Date.now() + 60_000);

function makeClient(adapter: SqlDriverAdapterFactory): PrismaClient {
  return new PrismaClient({ adapter });
}

async function connect(adapter: SqlDriverAdapterFactory): Promise<PrismaDatabase> {
  const database = new PrismaDatabase('default', { adapter, client: makeClient, schema });
  await database.connect();
  return database;
}

async function countRows(database: Database): Promise<number> {
  const { rows } = await database.query('SELECT count(*)::int FROM quintet_session', []);
  return rows[0]![0] as number;
}

describe('prismaEngine() on PGlite', () => {
  const pglite = new PGlite();
  let database: PrismaDatabase;

  beforeAll(async () => {
    const adapter = new PrismaPGlite(pglite);
    await applyMigrations({ adapter, directory: migrations });
    database = await connect(adapter);
  }, 60_000);

  afterAll(async () => {
    await database.disconnect();
    await pglite.close();
  });

  beforeEach(() => database.execute('DELETE FROM quintet_session', []));

  describeEngine('prismaEngine() on PGlite', { create: () => prismaEngine({ database }) });

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
    expect(() => prismaEngine({ database: 'replica' }).attach(() => undefined)).toThrow(
      'prismaEngine(): there is no database "replica". Import OrmModule.forRoot() with a database of that name.',
    );
  });

  it('cannot be used before it has its database', async () => {
    await expect(prismaEngine().fetch(makeSessionKey())).rejects.toThrow(ImproperlyConfiguredError);
  });
});

describeWith('postgres', 'prismaEngine() on PostgreSQL', (servers) => {
  const databases: PrismaDatabase[] = [];
  let connectionString: string;

  beforeAll(async () => {
    connectionString = await servers.postgres.createDatabase();
    await applyMigrations({ adapter: new PrismaPg({ connectionString }), directory: migrations });
    for (let i = 0; i < 2; i++) databases.push(await connect(new PrismaPg({ connectionString })));
  }, 60_000);

  afterAll(() => Promise.all(databases.map((database) => database.disconnect())));

  describeEngine('prismaEngine() on PostgreSQL', {
    create: () => prismaEngine({ database: databases[0] }),
    createSecond: () => prismaEngine({ database: databases[1] }),
  });

  const start = () => {
    const adapter = new PrismaPg({ connectionString });
    return startApp(prismaEngine(), {
      imports: [OrmModule.forRoot({ adapter, client: makeClient, schema })],
    });
  };

  describeOverHttp('prismaEngine() on PostgreSQL', () => Promise.all([start(), start()]));
});
