import { isUnchanged, type MigrationFile } from './migration-files.js';
import { MigrationError } from './migration-error.js';
import type { RecordedMigration } from './migration-history.js';

/** How a migrations folder and a database compare; names in the order of the folder. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied, but changed in the folder since. */
  readonly edited: readonly string[];
  /** Begun, and neither finished nor marked as rolled back. */
  readonly failed: readonly string[];
  /** Applied by a newer version of the application: not in the folder. */
  readonly unknown: readonly string[];
}

/** Compares what a folder holds with what a database has recorded. */
export function compareMigrations(
  files: readonly MigrationFile[],
  recorded: readonly RecordedMigration[],
): MigrationStatus {
  const byName = new Map(recorded.map((record) => [record.name, record]));
  const inFolder = new Set(files.map(({ name }) => name));
  const namesOf = (test: (file: MigrationFile, record: RecordedMigration | undefined) => boolean) =>
    files.filter((file) => test(file, byName.get(file.name))).map(({ name }) => name);
  return {
    applied: namesOf((_, record) => record?.isFinished === true),
    pending: namesOf((_, record) => record === undefined),
    edited: namesOf(
      ({ script }, record) => record?.isFinished === true && !isUnchanged(script, record.checksum),
    ),
    failed: recorded.filter(({ isFinished }) => !isFinished).map(({ name }) => name),
    unknown: recorded
      .filter(({ name, isFinished }) => isFinished && !inFolder.has(name))
      .map(({ name }) => name),
  };
}

/**
 * Refuses to migrate where applying what is pending would not lead to what the folder describes.
 *
 * @throws MigrationError naming the migrations and the remedy.
 */
export function assertCanMigrate({ failed, edited, unknown, pending }: MigrationStatus): void {
  if (failed.length > 0) {
    throw new MigrationError(
      `The migration ${failed.join(', ')} failed half-way before: repair the database by hand, then mark it with \`prisma migrate resolve\`.`,
    );
  }
  if (edited.length > 0) {
    throw new MigrationError(
      `The migration ${edited.join(', ')} was changed after it had been applied: restore its migration.sql and put the change into a new migration.`,
    );
  }
  if (unknown.length > 0 && pending.length > 0) {
    throw new MigrationError(
      `The database has ${unknown.join(', ')}, which the migrations folder lacks, and lacks ${pending.join(', ')}: bring both histories together first.`,
    );
  }
}
