import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { defaultAlias } from '../database/databases.js';
import { postMigrate, preMigrate } from '../signals/database-signals.js';
import { readMigrations, type MigrationFile } from './migration-files.js';
import { MigrationHistory, type RecordedMigration } from './migration-history.js';
import { assertCanMigrate, compareMigrations, type MigrationStatus } from './migration-status.js';
import { endTransaction, isTransactional, runInTransaction, runStandalone } from './run-migration.js';

export interface MigrationProgress {
  /** The migration that is about to be applied. */
  readonly name: string;
  /** Its position among the pending ones, from 1. */
  readonly position: number;
  readonly total: number;
}

export interface ApplyMigrationsOptions {
  adapter: SqlDriverAdapterFactory;
  /** The folder that holds `<name>/migration.sql`. */
  directory: string;
  /** The alias of the database, for those who hear `preMigrate` and `postMigrate`. Default `'default'`. */
  using?: string;
  onProgress?: (progress: MigrationProgress) => void;
}

/**
 * Applies the pending migrations of a folder, and records them as `prisma migrate deploy` does.
 *
 * Each runs in a transaction where the database can do that, under the lock that Prisma takes: of several processes that
 * start at once one migrates, and the others wait for it.
 *
 * @returns The names of the migrations that were applied.
 * @throws MigrationError when one fails, or failed or was edited before.
 *
 * Django: `migrate`.
 */
export async function applyMigrations({
  adapter,
  directory,
  using = defaultAlias,
  onProgress,
}: ApplyMigrationsOptions): Promise<string[]> {
  const files = await readMigrations(directory);
  return withConnection(adapter, async (connection) => {
    const plan = compareMigrations(files, await recordedBy(connection)).pending;
    await preMigrate.send(using, { using, plan });
    const applied = await applyAll(connection, files, onProgress);
    await postMigrate.send(using, { using, plan, applied });
    return applied;
  });
}

async function applyAll(
  connection: SqlDriverAdapter,
  files: readonly MigrationFile[],
  onProgress: ApplyMigrationsOptions['onProgress'],
): Promise<string[]> {
  const applied: string[] = [];
  let total: number | undefined;
  for (;;) {
    const name = await applyNext(connection, files, (next, pending) => {
      total ??= pending;
      onProgress?.({ name: next, position: applied.length + 1, total });
    });
    if (name === undefined) return applied;
    applied.push(name);
  }
}

/** Compares a migrations folder with a database, and changes nothing. Django: `showmigrations`. */
export async function migrationStatus({
  adapter,
  directory,
}: Pick<ApplyMigrationsOptions, 'adapter' | 'directory'>): Promise<MigrationStatus> {
  const files = await readMigrations(directory);
  return withConnection(adapter, async (connection) =>
    compareMigrations(files, await recordedBy(connection)),
  );
}

type Announce = (name: string, pending: number) => void;

/** Applies the first pending migration; the lock is held, and the history read again, for each. */
async function applyNext(
  connection: SqlDriverAdapter,
  files: readonly MigrationFile[],
  announce: Announce,
): Promise<string | undefined> {
  const transaction = await connection.startTransaction();
  let migration: MigrationFile | undefined;
  try {
    const history = new MigrationHistory(transaction);
    await history.lock();
    await history.createTable();
    const status = compareMigrations(files, await history.read());
    assertCanMigrate(status);
    migration = files.find(({ name }) => name === status.pending[0]);
    if (migration) announce(migration.name, status.pending.length);
    if (migration && isTransactional(migration)) await runInTransaction(transaction, migration);
  } catch (error) {
    await endTransaction(transaction, 'rollback').catch(() => undefined);
    throw error;
  }
  await endTransaction(transaction, 'commit');
  if (migration && !isTransactional(migration)) await runStandalone(connection, migration);
  return migration?.name;
}

async function recordedBy(connection: SqlDriverAdapter): Promise<RecordedMigration[]> {
  const history = new MigrationHistory(connection);
  // The table is absent before the first migration; asking for it must not create it.
  return history.read().catch((error: unknown) => {
    const { kind, originalMessage = '' } =
      (error as { cause?: { kind?: string; originalMessage?: string } }).cause ?? {};
    // The adapter for SQLite says it in words.
    if (kind === 'TableDoesNotExist' || originalMessage.includes('no such table')) return [];
    throw error;
  });
}

async function withConnection<T>(
  adapter: SqlDriverAdapterFactory,
  work: (connection: SqlDriverAdapter) => Promise<T>,
): Promise<T> {
  const connection = await adapter.connect();
  try {
    return await work(connection);
  } finally {
    await connection.dispose();
  }
}
