import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { connectionProblem } from '@nest-quintet/orm';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { lockFolder } from './folder-lock.js';

export interface DatabaseConnection {
  /** What Prisma and the ORM are made on. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory;
  readonly kind: 'pglite' | 'postgresql';
  close(): Promise<void>;
}

export interface DatabaseSettings {
  /** Where PostgreSQL is; without it PGlite keeps the data in `dataFolder`. */
  databaseUrl?: string;
  dataFolder: string;
}

/**
 * Opens PostgreSQL where an address is given, and PGlite, which needs no server, where none is.
 *
 * @throws ImproperlyConfiguredError when the server does not answer, or the folder cannot be used.
 */
export function connectDatabase({ databaseUrl, dataFolder }: DatabaseSettings): Promise<DatabaseConnection> {
  return databaseUrl ? connectPostgres(databaseUrl) : connectPGlite(dataFolder);
}

async function connectPostgres(connectionString: string): Promise<DatabaseConnection> {
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const adapter = new PrismaPg({ connectionString });
  const connection = await adapter.connect();
  try {
    await connection.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] });
  } catch (cause) {
    throw new ImproperlyConfiguredError(
      `DATABASE_URL: ${connectionProblem(cause)}. Start the server or correct the address, or unset it to use the embedded database.`,
      { cause },
    );
  } finally {
    await connection.dispose();
  }
  return { adapter, kind: 'postgresql', close: () => Promise.resolve() };
}

async function connectPGlite(dataFolder: string): Promise<DatabaseConnection> {
  const folder = resolve(dataFolder);
  prepareFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const [{ PGlite }, { PrismaPGlite }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('pglite-prisma-adapter'),
    ]);
    const client = await createOnce(folder, (path) => PGlite.create(path));
    const close = async () => {
      await client.close();
      unlock();
    };
    return { adapter: new PrismaPGlite(client), kind: 'pglite', close };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Lets PGlite make its files; what an interrupted first start left behind would never open again. */
async function createOnce<T>(folder: string, create: (path: string) => Promise<T>): Promise<T> {
  const files = join(folder, 'pglite');
  const incomplete = join(folder, 'pglite.incomplete');
  if (existsSync(incomplete)) rmSync(files, { recursive: true, force: true });
  if (!existsSync(files)) writeFileSync(incomplete, '');
  const created = await create(files);
  rmSync(incomplete, { force: true });
  return created;
}

function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ImproperlyConfiguredError(
      `DATA_FOLDER: cannot keep files in ${folder} (${(cause as NodeJS.ErrnoException).code}). Allow this user to write there, or set DATA_FOLDER to another folder.`,
      { cause },
    );
  }
}
