import { randomUUID } from 'node:crypto';
import type { SqlQueryable } from '@prisma/driver-adapter-utils';
import { sqlQuery } from '../adapter/sql-query.js';
import { MigrationError } from './migration-error.js';
import { checksumOf, type MigrationFile } from './migration-files.js';

/** One row of `_prisma_migrations` that counts: rows marked as rolled back do not. */
export interface RecordedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
}

interface HistoryDialect {
  readonly createTable: string;
  /** Waits until no other process migrates, until the transaction ends; absent where a transaction alone does that. */
  readonly lock?: string;
  readonly now: string;
  readonly placeholder: (position: number) => string;
}

/** Prisma's own table and lock, so that `prisma migrate` and this library may take turns on one database. */
const dialects: Record<string, HistoryDialect> = {
  postgres: {
    createTable: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" VARCHAR(36) PRIMARY KEY NOT NULL,
      "checksum" VARCHAR(64) NOT NULL,
      "finished_at" TIMESTAMPTZ,
      "migration_name" VARCHAR(255) NOT NULL,
      "logs" TEXT,
      "rolled_back_at" TIMESTAMPTZ,
      "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
      "applied_steps_count" INTEGER NOT NULL DEFAULT 0
    )`,
    lock: 'SELECT pg_advisory_xact_lock(72707369)',
    now: 'clock_timestamp()',
    placeholder: (position) => `$${position}`,
  },
  sqlite: {
    createTable: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" TEXT PRIMARY KEY NOT NULL,
      "checksum" TEXT NOT NULL,
      "finished_at" DATETIME,
      "migration_name" TEXT NOT NULL,
      "logs" TEXT,
      "rolled_back_at" DATETIME,
      "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
      "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0
    )`,
    now: `(unixepoch() * 1000)`,
    placeholder: () => '?',
  },
};

/** The table in which Prisma keeps what has been applied. */
export class MigrationHistory {
  readonly #dialect: HistoryDialect;

  constructor(private readonly connection: SqlQueryable) {
    const dialect = dialects[connection.provider];
    if (!dialect) {
      throw new MigrationError(
        `Migrations are applied to PostgreSQL and SQLite only; for ${connection.provider} run \`prisma migrate deploy\`.`,
      );
    }
    this.#dialect = dialect;
  }

  /** Waits for other processes that migrate; inside a transaction, which holds the lock to its end. */
  async lock(): Promise<void> {
    if (this.#dialect.lock) await this.connection.executeRaw(sqlQuery(this.#dialect.lock));
  }

  async createTable(): Promise<void> {
    await this.connection.executeRaw(sqlQuery(this.#dialect.createTable));
  }

  async read(): Promise<RecordedMigration[]> {
    const { rows } = await this.connection.queryRaw(
      sqlQuery(
        `SELECT "migration_name", "checksum", "finished_at" IS NOT NULL FROM "_prisma_migrations"
         WHERE "rolled_back_at" IS NULL ORDER BY "started_at"`,
      ),
    );
    return rows.map(([name, checksum, isFinished]) => ({
      name: String(name),
      checksum: String(checksum),
      isFinished: Boolean(isFinished),
    }));
  }

  /** Records that a migration begins, and returns the record's key. */
  async begin({ name, script }: MigrationFile): Promise<string> {
    const id = randomUUID();
    const { placeholder, now } = this.#dialect;
    await this.connection.executeRaw(
      sqlQuery(
        `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at")
         VALUES (${placeholder(1)}, ${placeholder(2)}, ${placeholder(3)}, ${now})`,
        [id, checksumOf(script), name],
      ),
    );
    return id;
  }

  async finish(id: string): Promise<void> {
    const { placeholder, now } = this.#dialect;
    await this.connection.executeRaw(
      sqlQuery(
        `UPDATE "_prisma_migrations" SET "finished_at" = ${now}, "applied_steps_count" = 1 WHERE "id" = ${placeholder(1)}`,
        [id],
      ),
    );
  }

  async fail(id: string, reason: string): Promise<void> {
    const { placeholder } = this.#dialect;
    await this.connection.executeRaw(
      sqlQuery(`UPDATE "_prisma_migrations" SET "logs" = ${placeholder(1)} WHERE "id" = ${placeholder(2)}`, [
        reason,
        id,
      ]),
    );
  }
}
