import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { type Database, getDatabaseToken } from '@nest-quintet/orm';
import { SessionEngine, type SessionEngineOptions } from '../engines/session-engine.js';
import type { SessionRecord } from '../engines/session-record.js';
import type { ClearOptions, Resolve, UserSession } from '../session/session-backend.js';
import type { SessionSettings } from '../settings.js';
import { findSessionTable, type SessionTable } from './session-table.js';

export interface PrismaEngineOptions extends SessionEngineOptions {
  /** The database, by its alias or itself. Default `'default'`. */
  database?: string | Database;
  /** The model of `schema.prisma` with `key`, `data`, `expiresAt` and, to find sessions by user, `userId`. Default `'Session'`. */
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
  override attach(resolve: Resolve, settings: SessionSettings): void {
    void super.attach(resolve, settings);
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

  protected override async insert(id: string, record: SessionRecord): Promise<boolean> {
    const { database, table } = this.#attached;
    const columns = this.#columns(record);
    const names = [table.key, ...columns.map(([name]) => name)];
    const inserted = await database.execute(
      `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${names.map((_, i) => this.#slot(i + 1)).join(', ')}) ON CONFLICT (${table.key}) DO NOTHING`,
      [id, ...columns.map(([, value]) => value)],
    );
    return inserted > 0;
  }

  protected override async replace(
    id: string,
    expected: SessionRecord,
    record: SessionRecord,
  ): Promise<boolean> {
    const { database, table } = this.#attached;
    const columns = this.#columns(record);
    const set = columns.map(([name], i) => `${name} = ${this.#slot(i + 1)}`).join(', ');
    const [key, data] = [this.#slot(columns.length + 1), this.#slot(columns.length + 2)];
    const updated = await database.execute(
      `UPDATE ${table.name} SET ${set} WHERE ${table.key} = ${key} AND ${table.data} = ${data}`,
      [...columns.map(([, value]) => value), id, expected.data],
    );
    return updated > 0;
  }

  protected override async remove(id: string): Promise<void> {
    const { database, table } = this.#attached;
    await database.execute(`DELETE FROM ${table.name} WHERE ${table.key} = ${this.#slot(1)}`, [id]);
  }

  override async clearExpired({ onProgress, batchSize = BATCH }: ClearOptions = {}): Promise<number> {
    const { database, table } = this.#attached;
    const now = new Date();
    const [since, until] = [this.#slot(1), this.#slot(2)];
    // Each batch goes on where the last one ended, and not over what that one has left behind in the index.
    const batch = `FROM ${table.name} WHERE ${table.expiresAt} >= ${since} AND ${table.expiresAt} <= ${until} ORDER BY ${table.expiresAt} LIMIT ${batchSize}`;
    // PostgreSQL finds the rows of the batch by their place, whatever its statistics say, and leaves a row that a request
    // is writing at the moment for the next time instead of waiting for it.
    const rowsOfBatch =
      database.dialect === 'postgres'
        ? `ctid = ANY(ARRAY(SELECT ctid ${batch} FOR UPDATE SKIP LOCKED))`
        : `${table.key} IN (SELECT ${table.key} ${batch})`;
    const sql = `DELETE FROM ${table.name} WHERE ${rowsOfBatch} RETURNING ${table.expiresAt}`;
    let last = new Date(0);
    let total = 0;
    for (;;) {
      const { rows } = await database.query(sql, [last, now]);
      total += rows.length;
      if (rows.length < batchSize) return total;
      last = new Date(Math.max(...rows.map(([expiresAt]) => new Date(expiresAt as string).getTime())));
      onProgress?.(total);
    }
  }

  async list(userId: string): Promise<UserSession[]> {
    const { database, table } = this.#attached;
    const { rows } = await database.query(
      `SELECT ${table.key}, ${table.data}, ${table.expiresAt} FROM ${table.name} WHERE ${this.#userIdColumn.name} = ${this.#slot(1)} AND ${table.expiresAt} > ${this.#slot(2)} ORDER BY ${table.expiresAt} DESC`,
      [this.#userIdValue(userId), new Date()],
    );
    return rows.map(([id, data, expiresAt]) => ({
      id: id as string,
      values: this.valuesOf(data as string),
      expiresAt: new Date(expiresAt as string),
    }));
  }

  async revoke(id: string): Promise<boolean> {
    const { database, table } = this.#attached;
    return (
      (await database.execute(`DELETE FROM ${table.name} WHERE ${table.key} = ${this.#slot(1)}`, [id])) > 0
    );
  }

  async revokeAll(userId: string, exceptKey?: string): Promise<number> {
    const { database, table } = this.#attached;
    const except = exceptKey === undefined ? '' : this.idOf(exceptKey);
    return database.execute(
      `DELETE FROM ${table.name} WHERE ${this.#userIdColumn.name} = ${this.#slot(1)} AND ${table.key} <> ${this.#slot(2)}`,
      [this.#userIdValue(userId), except],
    );
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

  #columns({ data, expiresAt, userId }: SessionRecord): [name: string, value: unknown][] {
    const { table } = this.#attached;
    const columns: [string, unknown][] = [
      [table.data, data],
      [table.expiresAt, expiresAt],
    ];
    if (table.userId)
      columns.push([table.userId.name, userId === undefined ? null : this.#userIdValue(userId)]);
    return columns;
  }

  get #userIdColumn(): NonNullable<SessionTable['userId']> {
    const { userId } = this.#attached.table;
    if (userId) return userId;
    throw new ImproperlyConfiguredError(
      `The model "${this.#model}" has no field "userId" to find the sessions of a user by. Add \`userId String?\` and \`@@index([userId])\` to it, and migrate.`,
    );
  }

  #userIdValue(userId: string): unknown {
    const { type } = this.#userIdColumn;
    if (type === 'Int') return Number(userId);
    return type === 'BigInt' ? BigInt(userId) : userId;
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
