import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PrismaDatabase } from '@nest-quintet/orm';
import { applyMigrations } from '@nest-quintet/orm/migrations';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { PrismaClient } from '../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../apps/bookshop/src/generated/quintet/index.js';

const directory = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/** Opens an empty database with the project's tables: PGlite, or the PostgreSQL at a URL. */
export async function openDatabase(
  url?: string,
): Promise<{ database: PrismaDatabase; close(): Promise<void> }> {
  const pglite = url === undefined ? await PGlite.create() : undefined;
  const adapter = pglite ? new PrismaPGlite(pglite) : new PrismaPg({ connectionString: url });
  await applyMigrations({ adapter, directory });
  const client = (wrapped: typeof adapter) => new PrismaClient({ adapter: wrapped });
  const database = new PrismaDatabase('default', { adapter, client: client as never, schema });
  await database.connect();
  return {
    database,
    async close() {
      await database.disconnect();
      await pglite?.close();
    },
  };
}
