import { fileURLToPath } from 'node:url';
import { PrismaDatabase } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PrismaClient } from '../generated/prisma/client.js';
import { schema } from '../generated/quintet/index.js';
import type { DatabaseConnection } from './connect.js';
import { seedOrderHistory } from './order-history.js';
import { seedDatabase } from './seed.js';

/** The folder of the shop's migrations. */
export const migrationsFolder = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

type Connection = Pick<DatabaseConnection, 'adapter'>;

export interface PrepareOptions {
  /** Whether a new shop also gets two years of orders. Default `false`. */
  withHistory?: boolean;
}

/** Brings the tables up to date, and fills an empty shop. */
export async function prepareDatabase(
  connection: Connection,
  { withHistory = false }: PrepareOptions = {},
): Promise<void> {
  await prepareTables(connection);
  await withDatabase(connection, async (database) => {
    const isNew = (await seedDatabase(database)) > 0;
    if (isNew && withHistory) await seedOrderHistory(database);
  });
}

/** Brings the tables up to date. */
export async function prepareTables({ adapter }: Connection): Promise<void> {
  await applyMigrations({ adapter, directory: migrationsFolder });
}

/** Opens the shop's database outside of its Nest application, for the time of `work`. */
export async function withDatabase<T>(
  { adapter }: Connection,
  work: (database: PrismaDatabase) => Promise<T>,
): Promise<T> {
  const database = new PrismaDatabase('default', {
    adapter,
    client: (adapter) => new PrismaClient({ adapter }),
    schema,
  });
  try {
    return await work(database);
  } finally {
    await database.disconnect();
  }
}
