import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { readMigrations } from './migration-files.js';
import { startSchemaEngine } from './schema-engine.js';

export interface CreateMigrationOptions {
  /** What the migration is for: becomes a part of its folder's name. */
  name: string;
  /** The path of `schema.prisma`. */
  schema: string;
  /** The folder that holds the migrations; it is made where it does not exist. */
  directory: string;
  /** An empty database, such as a PGlite in memory, on which the migrations so far are tried. */
  adapter: SqlMigrationAwareDriverAdapterFactory;
}

/** The exit code that the schema engine gives for schemas that differ. */
const hasDifferences = 2;
const lockFileName = 'migration_lock.toml';
const filters = { externalTables: [], externalEnums: [] };

/**
 * Writes the migration that leads from the migrations so far to the schema, without a server or a download.
 *
 * @returns The path of the new `migration.sql`; `undefined` when there is nothing to change.
 *
 * Django: `makemigrations`.
 */
export async function createMigration(options: CreateMigrationOptions): Promise<string | undefined> {
  const { name, schema, directory } = options;
  await mkdir(directory, { recursive: true });
  const { engine, close } = await startSchemaEngine(options.adapter);
  try {
    const { stdout, exitCode } = await engine.diff({
      from: { tag: 'migrations', ...(await migrationList(directory, options.adapter.provider)) },
      to: { tag: 'schemaDatamodel', ...(await schemaFiles(schema)) },
      script: true,
      exitCode: true,
      filters,
    });
    return exitCode === hasDifferences
      ? await write(directory, name, stdout ?? '', options.adapter)
      : undefined;
  } finally {
    await close();
  }
}

async function write(
  directory: string,
  name: string,
  script: string,
  { provider }: { provider: string },
): Promise<string> {
  const folder = join(directory, `${timestamp(new Date())}_${slug(name)}`);
  await mkdir(folder);
  const path = join(folder, 'migration.sql');
  await writeFile(path, script);
  await writeFile(join(directory, lockFileName), lockFile(provider));
  return path;
}

/** What may stand in a folder's name everywhere. */
function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .match(/[a-z0-9]+/g)
      ?.join('_') ?? 'migration'
  );
}

/** Names sort by time: `20260102030405`. */
function timestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/\D/g, '');
}

/** Lays a migrations folder out as the schema engine reads it. */
export async function migrationList(directory: string, provider: string): Promise<MigrationList> {
  const lock = await readFile(join(directory, lockFileName), 'utf8').catch(() => lockFile(provider));
  const migrations = await readMigrations(directory);
  return {
    baseDir: resolve(directory),
    lockfile: { path: lockFileName, content: lock },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
}

async function schemaFiles(path: string): Promise<SchemasContainer> {
  return { files: [{ path, content: await readFile(path, 'utf8') }] };
}

/** Prisma refuses to apply migrations that were written for another database. */
function lockFile(provider: string): string {
  const name = provider === 'postgres' ? 'postgresql' : provider;
  return `# The database that these migrations are written for; \`prisma migrate\` reads it.\nprovider = "${name}"\n`;
}
