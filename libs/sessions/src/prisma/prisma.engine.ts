import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { type Database, getDatabaseToken } from '@nest-quintet/orm';
import { SessionEngine, type SessionEngineOptions } from '../engines/session-engine.js';
import type { SessionRecord } from '../engines/session-record.js';
import type { Resolve } from '../session/session-backend.js';
import { findSessionTable, type SessionTable } from './session-table.js';

export interface PrismaEngineOptions extends SessionEngineOptions {
  /** The database, by its alias or itself. Default `'default'`. */
  database?: string | Database;
  /** The model of `schema.prisma` with `key`, `data` and `expiresAt`. Default `'Session'`. */
  model?: string;
}

/** Rows that one statement of `clearExpired()` removes, so that none holds its locks for long. */
const BATCH = 1000;

/**
 * Keeps sessions in a table of the database, past Prisma's query engine and in the ambient transaction.
 *
 * A conditional `UPDATE` is what keeps concurrent requests from overwriting each other: no lock is held between reading a
 * session and saving it.
 */
export class PrismaEngine extends SessionEngine {
  readonly #model: string;
  readonly #alias: string;
  #database: Database | undefined;
  #table: SessionTable | undefined;

  constructor({ database = 'default', model = 'Session', ...options }: PrismaEngineOptions = {}) {
    super(options);
    this.#model = model;
    this.#alias = typeof database === 'string' ? database : database.alias;
    if (typeof database !== 'string') this.#connect(database);
  }

  /** @throws ImproperlyConfiguredError when there is no such database, or no such model in it. */
  override attach(resolve: Resolve): void {
    if (this.#database) return;
    const database = resolve<Database>(getDatabaseToken(this.#alias));
    if (database) return this.#connect(database);
    throw new ImproperlyConfiguredError(
      `prismaEngine(): there is no database "${this.#alias}". Import OrmModule.forRoot() with a database of that name.`,
    );
  }

  protected override async read(id: string): Promise<SessionRecord | undefined> {
    const { database, table } = this.#attached;
    const { rows } = await database.query(
      `SELECT ${table.data}, ${table.expiresAt} FROM ${table.name} WHERE ${table.key} = ${this.#slot(1)}`,
      [id],
    );
    const [row] = rows;
    return row && { data: row[0] as string, expiresAt: new Date(row[1] as string) };
  }

  protected override async insert(id: string, { data, expiresAt }: SessionRecord): Promise<boolean> {
    const { database, table } = this.#attached;
    const inserted = await database.execute(
      `INSERT INTO ${table.name} (${table.key}, ${table.data}, ${table.expiresAt}) VALUES (${this.#slot(1)}, ${this.#slot(2)}, ${this.#slot(3)}) ON CONFLICT (${table.key}) DO NOTHING`,
      [id, data, expiresAt],
    );
    return inserted > 0;
  }

  protected override async replace(
    id: string,
    expected: string,
    { data, expiresAt }: SessionRecord,
  ): Promise<boolean> {
    const { database, table } = this.#attached;
    const updated = await database.execute(
      `UPDATE ${table.name} SET ${table.data} = ${this.#slot(1)}, ${table.expiresAt} = ${this.#slot(2)} WHERE ${table.key} = ${this.#slot(3)} AND ${table.data} = ${this.#slot(4)}`,
      [data, expiresAt, id, expected],
    );
    return updated > 0;
  }

  protected override async remove(id: string): Promise<void> {
    const { database, table } = this.#attached;
    await database.execute(`DELETE FROM ${table.name} WHERE ${table.key} = ${this.#slot(1)}`, [id]);
  }

  override async clearExpired(): Promise<number> {
    const { database, table } = this.#attached;
    const now = new Date();
    // The condition again outside: a row that was extended meanwhile stays.
    const sql = `DELETE FROM ${table.name} WHERE ${table.expiresAt} <= ${this.#slot(1)} AND ${table.key} IN (SELECT ${table.key} FROM ${table.name} WHERE ${table.expiresAt} <= ${this.#slot(2)} LIMIT ${BATCH})`;
    let total = 0;
    for (;;) {
      const removed = await database.execute(sql, [now, now]);
      total += removed;
      if (removed < BATCH) return total;
    }
  }

  protected get database(): Database {
    return this.#attached.database;
  }

  #connect(database: Database): void {
    this.#table = findSessionTable(database, this.#model);
    this.#database = database;
  }

  get #attached(): { database: Database; table: SessionTable } {
    if (this.#database && this.#table) return { database: this.#database, table: this.#table };
    throw new ImproperlyConfiguredError(
      'prismaEngine() is not attached. Give it to SessionsModule.forRoot(), or give it the database itself: prismaEngine({ database }).',
    );
  }

  #slot(position: number): string {
    return this.#database?.dialect === 'postgres' ? `$${position}` : '?';
  }
}

/**
 * Makes an engine that keeps sessions in a table of the database.
 *
 * @example
 * SessionsModule.forRoot({ engine: prismaEngine() })
 *
 * Django: `django.contrib.sessions.backends.db`.
 */
export function prismaEngine(options?: PrismaEngineOptions): PrismaEngine {
  return new PrismaEngine(options);
}
