import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { describeWith } from '../../../../test/support/servers.js';
import { migrationList } from './create-migration.js';
import {
  applyMigrations,
  createMigration,
  MigrationError,
  migrationStatus,
  type MigrationProgress,
} from './index.js';
import { postMigrate, preMigrate } from '../signals/database-signals.js';
import { startSchemaEngine } from './schema-engine.js';

const bookshop = fileURLToPath(new URL('../../../../prisma', import.meta.url));
const filters = { externalTables: [], externalEnums: [] };

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'migrations-'))));
afterEach(() => rm(directory, { recursive: true, force: true }));

async function write(name: string, script: string): Promise<void> {
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(join(directory, name, 'migration.sql'), script);
}

type Adapter = SqlMigrationAwareDriverAdapterFactory;

async function rowsOf(adapter: Adapter, sql: string): Promise<unknown[][]> {
  const connection = await adapter.connect();
  const { rows } = await connection.queryRaw({ sql, args: [], argTypes: [] });
  await connection.dispose();
  return rows;
}

// Prisma's engine never clears the timer with which it waits for its lock: it would keep the process alive.
beforeEach(() => {
  const { setTimeout } = globalThis;
  jest
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation((...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref());
});
afterEach(() => void jest.restoreAllMocks());

let pglite: PGlite;
beforeAll(async () => (pglite = await PGlite.create()));
afterAll(() => pglite.close());

async function emptyPGlite(): Promise<Adapter> {
  await pglite.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  return new PrismaPGlite(pglite);
}

describe('migrations on PGlite', () => {
  migrationSuite(emptyPGlite);
});

describeWith('postgres', 'migrations on PostgreSQL', (servers) => {
  migrationSuite(async () => new PrismaPg({ connectionString: await servers.postgres.createDatabase() }));

  it('are applied by one of several processes that start at once', async () => {
    const connectionString = await servers.postgres.createDatabase();
    await write('1_table', 'CREATE TABLE shelf (id int); SELECT pg_sleep(0.05);');
    await write('2_row', 'INSERT INTO shelf VALUES (1);');
    const applied = await Promise.all(
      Array.from({ length: 5 }, () =>
        applyMigrations({ adapter: new PrismaPg({ connectionString }), directory }),
      ),
    );
    expect(applied.flat().toSorted()).toEqual(['1_table', '2_row']);
    expect(await rowsOf(new PrismaPg({ connectionString }), 'SELECT * FROM shelf')).toEqual([[1]]);
  });
});

/** What holds on every PostgreSQL. */
function migrationSuite(open: () => Promise<Adapter>): void {
  let adapter: Adapter;
  beforeEach(async () => (adapter = await open()));

  describe('applyMigrations()', () => {
    it('applies what is pending, in order, and tells of each', async () => {
      await write('1_table', 'CREATE TABLE shelf (id int);');
      await write('2_column', 'ALTER TABLE shelf ADD label text;\nCREATE INDEX ON shelf (label);');
      const progress: MigrationProgress[] = [];
      const options = { adapter, directory, onProgress: (each: MigrationProgress) => progress.push(each) };
      expect(await applyMigrations(options)).toEqual(['1_table', '2_column']);
      expect(progress).toEqual([
        { name: '1_table', position: 1, total: 2 },
        { name: '2_column', position: 2, total: 2 },
      ]);
      await write('3_row', `INSERT INTO shelf VALUES (1, 'a;b');`);
      expect(await applyMigrations({ adapter, directory })).toEqual(['3_row']);
      expect(await applyMigrations({ adapter, directory })).toEqual([]);
      expect(await rowsOf(adapter, 'SELECT * FROM shelf')).toEqual([[1, 'a;b']]);
    });

    it('says what it is about to apply, and what it has applied', async () => {
      const heard: object[] = [];
      using _before = preMigrate.connect(({ plan }) => void heard.push({ plan }));
      using _after = postMigrate.connect(({ plan, applied }) => void heard.push({ plan, applied }));
      await write('1_table', 'CREATE TABLE shelf (id int);');
      await applyMigrations({ adapter, directory });
      await applyMigrations({ adapter, directory });
      expect(heard).toEqual([
        { plan: ['1_table'] },
        { plan: ['1_table'], applied: ['1_table'] },
        { plan: [] },
        { plan: [], applied: [] },
      ]);
    });

    it('applies nothing when a receiver of preMigrate refuses', async () => {
      await write('1_table', 'CREATE TABLE shelf (id int);');
      using _before = preMigrate.connect(
        () => {
          throw new Error('not on a Friday');
        },
        { sender: 'archive' },
      );
      await expect(applyMigrations({ adapter, directory, using: 'archive' })).rejects.toThrow(
        'not on a Friday',
      );
      expect(await applyMigrations({ adapter, directory })).toEqual(['1_table']);
    });

    it('takes a failed migration back as a whole, so that the mended one applies', async () => {
      await write('1_half', 'CREATE TABLE shelf (id int); INSERT INTO nowhere VALUES (1);');
      const attempt = applyMigrations({ adapter, directory });
      await expect(attempt).rejects.toThrow(MigrationError);
      await expect(attempt).rejects.toThrow(
        /^The migration 1_half failed, nothing of it was applied: .*nowhere/,
      );
      await write('1_half', 'CREATE TABLE shelf (id int);');
      expect(await applyMigrations({ adapter, directory })).toEqual(['1_half']);
    });

    it('runs what no transaction can hold, and remembers where that failed', async () => {
      await write('1_table', 'CREATE TABLE shelf (id int); INSERT INTO shelf VALUES (1), (1);');
      await write('2_index', 'CREATE INDEX CONCURRENTLY shelf_id ON shelf (id);');
      expect(await applyMigrations({ adapter, directory })).toEqual(['1_table', '2_index']);
      await write('3_unique', 'CREATE UNIQUE INDEX CONCURRENTLY shelf_unique ON shelf (id);');
      await expect(applyMigrations({ adapter, directory })).rejects.toThrow(
        /^The migration 3_unique failed, a part of it may have been applied/,
      );
      await expect(applyMigrations({ adapter, directory })).rejects.toThrow(
        /^The migration 3_unique failed half-way before: repair .* `prisma migrate resolve`\.$/,
      );
      expect(await migrationStatus({ adapter, directory })).toMatchObject({
        failed: ['3_unique'],
        pending: [],
      });
    });

    it('takes a script that brings its own transaction', async () => {
      await write('1_own', 'BEGIN; CREATE TABLE shelf (id int); COMMIT;');
      expect(await applyMigrations({ adapter, directory })).toEqual(['1_own']);
      await write('2_several', 'BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;');
      await expect(applyMigrations({ adapter, directory })).rejects.toThrow(/split it into several/);
    });

    it('refuses a migration that was edited after it had been applied', async () => {
      await write('1_table', 'CREATE TABLE shelf (id int);\n');
      await applyMigrations({ adapter, directory });
      await write('1_table', 'CREATE TABLE shelf (id int);\r\n');
      expect(await applyMigrations({ adapter, directory })).toEqual([]);
      await write('1_table', 'CREATE TABLE shelf (id bigint);');
      await expect(applyMigrations({ adapter, directory })).rejects.toThrow(
        /^The migration 1_table was changed after it had been applied: restore/,
      );
    });

    it('lets an older application start on a newer database, and no further', async () => {
      await write('1_table', 'CREATE TABLE shelf (id int);');
      await write('2_newer', 'ALTER TABLE shelf ADD label text;');
      await applyMigrations({ adapter, directory });
      await rm(join(directory, '2_newer'), { recursive: true });
      expect(await applyMigrations({ adapter, directory })).toEqual([]);
      expect(await migrationStatus({ adapter, directory })).toMatchObject({ unknown: ['2_newer'] });
      await write('3_other', 'SELECT 1;');
      await expect(applyMigrations({ adapter, directory })).rejects.toThrow(/has 2_newer, .* lacks 3_other/);
    });

    it.each([
      ['there is no folder', 'nowhere', /^There is no migrations folder at .*nowhere/],
      ['a folder holds no script', '.', /^The migration empty has no migration\.sql/],
    ])('says that %s', async (_, path, message) => {
      await mkdir(join(directory, 'empty'));
      await expect(applyMigrations({ adapter, directory: join(directory, path) })).rejects.toThrow(message);
    });

    describe("and Prisma's own engine", () => {
      const folder = join(bookshop, 'migrations');

      it('agree that nothing is left to do when ours has applied', async () => {
        await applyMigrations({ adapter, directory: folder });
        const migrationsList = await migrationList(folder, 'postgres');
        const { engine, close } = await startSchemaEngine(adapter);
        expect(
          await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters }),
        ).toEqual({
          hasMigrationsTable: true,
          editedMigrationNames: [],
          failedMigrationNames: [],
          history: null,
        });
        expect(await engine.applyMigrations({ migrationsList, filters })).toEqual({
          appliedMigrationNames: [],
        });
        await close();
      });

      it('agree that nothing is left to do when Prisma has applied', async () => {
        const { engine, close } = await startSchemaEngine(adapter);
        const migrationsList = await migrationList(folder, 'postgres');
        const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
        await close();
        expect(await applyMigrations({ adapter, directory: folder })).toEqual([]);
        expect(await migrationStatus({ adapter, directory: folder })).toEqual({
          applied: appliedMigrationNames,
          pending: [],
          edited: [],
          failed: [],
          unknown: [],
        });
      });
    });
  });
}

describe("the bookshop's migrations", () => {
  it('lead to its schema, with nothing left out', async () => {
    const adapter = await emptyPGlite();
    await applyMigrations({ adapter, directory: join(bookshop, 'migrations') });
    const { engine, close } = await startSchemaEngine(adapter);
    const content = await readFile(join(bookshop, 'schema.prisma'), 'utf8');
    const schema = { files: [{ path: 'schema.prisma', content }] };
    expect(await engine.schemaPush({ force: false, schema, filters })).toMatchObject({ executedSteps: 0 });
    await close();
  });
});

describe('applyMigrations() on SQLite', () => {
  it('applies and records', async () => {
    const adapter = new PrismaLibSql({ url: `file:${join(directory, 'test.db')}` });
    await write('1_table', 'CREATE TABLE shelf (id int); INSERT INTO shelf VALUES (1);');
    await write('2_pragma', 'PRAGMA foreign_keys=OFF; ALTER TABLE shelf ADD label text;');
    expect(await applyMigrations({ adapter, directory })).toEqual(['1_table', '2_pragma']);
    expect(await applyMigrations({ adapter, directory })).toEqual([]);
    expect(await rowsOf(adapter, 'SELECT id FROM shelf')).toEqual([[1]]);
  });
});

describe('createMigration()', () => {
  const schema = (fields: string) => `datasource db {
    provider = "postgresql"
  }
  model Shelf {
    id Int @id
    ${fields}
  }`;

  it('writes what leads from the migrations so far to the schema', async () => {
    const path = join(directory, 'schema.prisma');
    const folder = join(directory, 'migrations');
    const create = async (name: string) => {
      const adapter = await emptyPGlite();
      // One PGlite is trial and shadow database at once: nothing but the migrations ever goes into it.
      adapter.connectToShadowDb = () => adapter.connect();
      return createMigration({ name, schema: path, directory: folder, adapter });
    };
    await writeFile(path, schema(''));
    expect(await create('First shelf!')).toMatch(/\d{14}_first_shelf\/migration\.sql$/);
    expect(await create('nothing')).toBeUndefined();
    await writeFile(path, schema('label String?'));
    const second = await create('label');
    expect(await readFile(second!, 'utf8')).toContain('ALTER TABLE "Shelf" ADD COLUMN     "label" TEXT;');
    const adapter = await emptyPGlite();
    expect(await applyMigrations({ adapter, directory: folder })).toHaveLength(2);
    expect(await rowsOf(adapter, 'SELECT id, label FROM "Shelf"')).toEqual([]);
  });
});
