import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from './migration-error.js';

/** One `migration.sql` of a migrations folder. */
export interface MigrationFile {
  /** The folder's name, such as `20260102030405_init`. */
  readonly name: string;
  readonly script: string;
}

/**
 * Reads a folder as `prisma migrate` lays it out: `<name>/migration.sql`, in the order of the names.
 *
 * @throws MigrationError when there is no such folder, or a migration has no script.
 */
export async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new MigrationError(`There is no migrations folder at ${directory}; create the first migration.`, {
      cause,
    });
  });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return Promise.all(names.map((name) => readMigration(directory, name)));
}

async function readMigration(directory: string, name: string): Promise<MigrationFile> {
  const path = join(directory, name, 'migration.sql');
  const script = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MigrationError(`The migration ${name} has no migration.sql; write it, or remove its folder.`, {
      cause,
    });
  });
  return { name, script };
}

/** Makes the checksum that Prisma keeps of a migration. */
export function checksumOf(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

/** Whether a script is the one that a checksum was made of; like Prisma, whatever Git did to its line ends. */
export function isUnchanged(script: string, checksum: string): boolean {
  const unix = script.replaceAll('\r\n', '\n');
  return [script, unix, unix.replaceAll('\n', '\r\n')].some((version) => checksumOf(version) === checksum);
}
