import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaDatabase, type DatabaseOptions, type SchemaMetadata } from '@nest-quintet/orm';
import { PrismaClient } from '../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../apps/bookshop/src/generated/quintet/index.js';
import { bookshopTemplate } from './bookshop-template.js';
import type { PostgresServer } from './servers.js';

/** The bookshop's tables and data in a database of their own. */
export interface TestDatabase {
  readonly database: PrismaDatabase;
  /** The database's Prisma client: its calls join transactions. */
  readonly prisma: PrismaClient;
  readonly schema: SchemaMetadata;
  /** What the database was made on, for a test that makes its own. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  readonly kind: 'pglite' | 'postgresql';
  /** Where the database is; PGlite has no address. */
  readonly url?: string;
  close(): Promise<void>;
}

export interface TestDatabaseOptions extends Partial<Omit<DatabaseOptions, 'adapter' | 'schema'>> {
  /** The server to make it on; without one it is a PGlite in memory. */
  server?: PostgresServer;
}

/**
 * Opens a fresh database with the bookshop's tables and data.
 *
 * @example
 * let shop: TestDatabase;
 * beforeAll(async () => (shop = await createTestDatabase()));
 * afterAll(() => shop.close());
 */
export async function createTestDatabase({
  server,
  ...options
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const opened = server ? await openPostgres(server) : await openPGlite();
  const database = new PrismaDatabase('default', {
    adapter: opened.adapter,
    client: (adapter) => new PrismaClient({ adapter }),
    schema,
    ...options,
  });
  await database.connect();
  return {
    ...opened,
    database,
    prisma: database.client as PrismaClient,
    schema,
    async close() {
      await database.disconnect();
      await opened.close();
    },
  };
}

type Opened = Pick<TestDatabase, 'adapter' | 'kind' | 'url' | 'close'>;

async function openPGlite(): Promise<Opened> {
  const client = await bookshopTemplate.openPGlite();
  return { adapter: new PrismaPGlite(client), kind: 'pglite', close: () => client.close() };
}

async function openPostgres(server: PostgresServer): Promise<Opened> {
  const url = await bookshopTemplate.createOn(server);
  // The suite's server drops the database with the others that it made.
  return {
    adapter: new PrismaPg({ connectionString: url }),
    kind: 'postgresql',
    url,
    close: () => Promise.resolve(),
  };
}
