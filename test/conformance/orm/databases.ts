import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaDatabase, type SchemaMetadata } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { prepareDatabase } from '../../../apps/bookshop/src/database/prepare.js';
import { PrismaClient } from '../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../apps/bookshop/src/generated/quintet/index.js';
import { bookshopTemplate } from '../../support/bookshop-template.js';
import type { EvaluatorOptions } from '../evaluator.js';
import { seedSqlite } from './sqlite/seed.js';
import { PrismaClient as SqliteClient } from './sqlite/generated/prisma/client.js';

/** A database with the recorded rows. */
export interface OpenedDatabase {
  readonly database: PrismaDatabase;
  close(): Promise<void>;
}

/** Opens the database that the cases are to run on. */
export function openDatabase({ database, databaseUrl }: EvaluatorOptions): Promise<OpenedDatabase> {
  if (database === 'sqlite') return openSqlite();
  return databaseUrl === undefined ? openPGlite() : openPostgres(databaseUrl);
}

async function openPGlite(): Promise<OpenedDatabase> {
  const client = await bookshopTemplate.openPGlite();
  const adapter = new PrismaPGlite(client);
  return connected(
    new PrismaDatabase('default', {
      adapter,
      client: (wrapped) => new PrismaClient({ adapter: wrapped }),
      schema,
    }),
    () => client.close(),
  );
}

async function openPostgres(connectionString: string): Promise<OpenedDatabase> {
  const adapter = new PrismaPg({ connectionString });
  await prepareDatabase({ adapter });
  return connected(
    new PrismaDatabase('default', {
      adapter,
      client: (wrapped) => new PrismaClient({ adapter: wrapped }),
      schema,
    }),
  );
}

const migrations = fileURLToPath(new URL('./sqlite/migrations', import.meta.url));
// Its types would register these models for the whole program, which has the bookshop's.
const metadata: string = './sqlite/generated/quintet/index.js';

async function openSqlite(): Promise<OpenedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'quintet-sqlite-'));
  const adapter = new PrismaLibSql({ url: `file:${join(folder, 'shop.db')}` });
  await applyMigrations({ adapter, directory: migrations });
  const generated = (await import(metadata)) as { schema: SchemaMetadata };
  const database = new PrismaDatabase('default', {
    adapter,
    client: (wrapped) => new SqliteClient({ adapter: wrapped }),
    schema: generated.schema,
  });
  const opened = await connected(database, async () => rmSync(folder, { recursive: true }));
  await seedSqlite(database);
  return opened;
}

async function connected(
  database: PrismaDatabase,
  close: () => Promise<void> = async () => {},
): Promise<OpenedDatabase> {
  await database.connect();
  return {
    database,
    async close() {
      await database.disconnect();
      await close();
    },
  };
}
