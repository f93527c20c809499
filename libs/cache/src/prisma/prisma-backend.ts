import { createHash } from 'node:crypto';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { getDatabaseToken, type Database } from '@nest-quintet/orm';
import { CacheBackend, type CacheEntry } from '../backends/backend.js';
import type { Culling } from '../backends/culling.js';
import { NotAnIntegerError } from '../errors.js';
import { StoredTags } from '../tags/stored-tags.js';
import type { TagStore } from '../tags/tag-store.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import { decodeOrMiss } from '../values/stamped.js';
import type { ValueType } from '../values/value-type.js';
import { findCacheTable, type CacheTable } from './cache-table.js';

/** Far below what databases take as parameters of one statement. */
const MAX_ROWS = 1_000;
const MAX_KEY = 255;
const MAX_ATTEMPTS = 1_000;

/** One row that lives. */
interface Row {
  readonly key: string;
  readonly value: Buffer;
  readonly expiresAt: Date | null;
}

/** Entries as rows, past Prisma's query engine and in the ambient transaction: what it takes back, so it does here. */
export class PrismaBackend extends CacheBackend {
  readonly tags: TagStore = new StoredTags(this);
  readonly #alias: string;
  readonly #model: string;
  readonly #culling: Culling;
  readonly #codec: ValueCodec;
  #database: Database | undefined;
  #table: CacheTable | undefined;

  constructor(
    database: string | Database,
    model: string,
    culling: Culling,
    types: readonly ValueType[] = [],
  ) {
    super();
    this.#alias = typeof database === 'string' ? database : database.alias;
    this.#model = model;
    this.#culling = culling;
    this.#codec = new ValueCodec([...builtinTypes, ...types], this.meter);
    if (typeof database !== 'string') this.#connect(database);
  }

  override get ownTables(): readonly string[] {
    return this.#table ? [`table:${this.#alias}:${this.#table.plainName}`] : [];
  }

  /** @throws ImproperlyConfiguredError when there is no such database, or no such model in it. */
  override attach(resolve: <T>(token: unknown) => T | undefined): void {
    if (this.#database) return;
    const database = resolve<Database>(getDatabaseToken(this.#alias));
    if (database) return this.#connect(database);
    throw new ImproperlyConfiguredError(
      `prismaCache(): there is no database "${this.#alias}". Import OrmModule.forRoot() with a database of that name.`,
    );
  }

  async get(key: string): Promise<unknown> {
    return (await this.getEntry(key))?.value;
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    const row = await this.#find(nameOf(key));
    if (!row) return undefined;
    return {
      value: decodeOrMiss(this.#codec, row.value),
      expires: row.expiresAt && row.expiresAt.getTime(),
    };
  }

  override async getMany(keys: readonly string[]): Promise<unknown[]> {
    const names = keys.map(nameOf);
    const found = new Map<string, unknown>();
    for (const part of parts([...new Set(names)])) {
      for (const row of await this.#rows(part)) found.set(row.key, decodeOrMiss(this.#codec, row.value));
    }
    return names.map((name) => found.get(name));
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    await this.setMany(new Map([[key, value]]), timeout);
  }

  override async setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const rows = Array.from(
      entries,
      ([key, value]) => [nameOf(key), Buffer.from(this.#codec.encode(value))] as const,
    );
    // In one order everywhere, so that two who write the same rows do not wait for each other.
    rows.sort(([a], [b]) => (a < b ? -1 : 1));
    const { name, key, value, expiresAt } = this.#attached.table;
    const expires = dateOf(timeout);
    for (const part of parts(rows)) {
      await this.#makeRoom(part.map(([each]) => each));
      await this.#execute(
        (slot) =>
          `INSERT INTO ${name} (${key}, ${value}, ${expiresAt}) VALUES ${part
            .map(([row, bytes]) => `(${slot(row)}, ${slot(bytes)}, ${slot(expires)})`)
            .join(
              ', ',
            )} ON CONFLICT (${key}) DO UPDATE SET ${value} = excluded.${value}, ${expiresAt} = excluded.${expiresAt}`,
      );
    }
    return [];
  }

  async add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#insert(nameOf(key), Buffer.from(this.#codec.encode(value)), timeout);
  }

  async compareAndSet(
    key: string,
    expected: unknown,
    value: unknown,
    timeout: number | null,
  ): Promise<boolean> {
    const [before, after] = [expected, value].map((each) =>
      each === undefined ? undefined : Buffer.from(this.#codec.encode(each)),
    );
    const name = nameOf(key);
    if (!before) return after ? this.#insert(name, after, timeout) : !(await this.#find(name));
    if (after) return this.#replace(name, before, after, dateOf(timeout));
    const { table } = this.#attached;
    const deleted = await this.#execute(
      (slot) =>
        `DELETE FROM ${table.name} WHERE ${table.key} = ${slot(name)} AND ${table.value} = ${slot(before)} AND ${this.#isAlive(slot)}`,
    );
    return deleted > 0;
  }

  async touch(key: string, timeout: number | null): Promise<boolean> {
    const { table } = this.#attached;
    const touched = await this.#execute(
      (slot) =>
        `UPDATE ${table.name} SET ${table.expiresAt} = ${slot(dateOf(timeout))} WHERE ${table.key} = ${slot(nameOf(key))} AND ${this.#isAlive(slot)}`,
    );
    return touched > 0;
  }

  async delete(keys: readonly string[]): Promise<number> {
    const { table } = this.#attached;
    let deleted = 0;
    for (const part of parts([...new Set(keys.map(nameOf))].sort())) {
      deleted += await this.#execute(
        (slot) =>
          `DELETE FROM ${table.name} WHERE ${table.key} IN (${part.map(slot).join(', ')}) AND ${this.#isAlive(slot)}`,
      );
    }
    return deleted;
  }

  async increment(key: string, delta: number): Promise<number | undefined> {
    const name = nameOf(key);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const row = await this.#find(name);
      if (!row) return undefined;
      const value = decodeOrMiss(this.#codec, row.value);
      if (!Number.isSafeInteger(value)) throw new NotAnIntegerError(key);
      const sum = (value as number) + delta;
      if (await this.#replace(name, row.value, Buffer.from(this.#codec.encode(sum)), row.expiresAt))
        return sum;
    }
    throw new Error(`the entry "${key}" did not stand still for ${MAX_ATTEMPTS} attempts.`);
  }

  async clear(): Promise<boolean> {
    await this.#execute(() => `DELETE FROM ${this.#attached.table.name}`);
    return true;
  }

  async #insert(name: string, bytes: Buffer, timeout: number | null): Promise<boolean> {
    const { table } = this.#attached;
    await this.#makeRoom([name]);
    const inserted = await this.#execute(
      (slot) =>
        `INSERT INTO ${table.name} (${table.key}, ${table.value}, ${table.expiresAt}) VALUES (${slot(name)}, ${slot(bytes)}, ${slot(dateOf(timeout))}) ON CONFLICT (${table.key}) DO UPDATE SET ${table.value} = excluded.${table.value}, ${table.expiresAt} = excluded.${table.expiresAt} WHERE ${table.name}.${table.expiresAt} <= ${slot(new Date())}`,
    );
    return inserted > 0;
  }

  async #replace(name: string, before: Buffer, after: Buffer, expires: Date | null): Promise<boolean> {
    const { table } = this.#attached;
    const updated = await this.#execute(
      (slot) =>
        `UPDATE ${table.name} SET ${table.value} = ${slot(after)}, ${table.expiresAt} = ${slot(expires)} WHERE ${table.key} = ${slot(name)} AND ${table.value} = ${slot(before)} AND ${this.#isAlive(slot)}`,
    );
    return updated > 0;
  }

  async #find(name: string): Promise<Row | undefined> {
    return (await this.#rows([name]))[0];
  }

  async #rows(names: readonly string[]): Promise<Row[]> {
    const { database, table } = this.#attached;
    const [sql, parameters] = this.#statement(
      (slot) =>
        `SELECT ${table.key}, ${table.value}, ${table.expiresAt} FROM ${table.name} WHERE ${table.key} IN (${names.map(slot).join(', ')}) AND ${this.#isAlive(slot)}`,
    );
    const { rows } = await database.query(sql, parameters);
    return rows.map(([key, value, expiresAt]) => ({
      key: key as string,
      value: Buffer.from(value as Uint8Array),
      expiresAt: expiresAt === null ? null : new Date(expiresAt as string),
    }));
  }

  /** Where there are too many rows removes what has ended, and, if that was not enough, a part of the rest. */
  async #makeRoom(newcomers: readonly string[]): Promise<void> {
    if (!this.#culling.isDue()) return;
    const { database, table } = this.#attached;
    const count = async () => {
      const { rows } = await database.query(`SELECT count(*) FROM ${table.name}`, []);
      return Number(rows[0]![0]);
    };
    if ((await count()) < this.#culling.maxEntries || (await this.#rows(newcomers)).length > 0) return;
    await this.#execute(
      (slot) => `DELETE FROM ${table.name} WHERE ${table.expiresAt} <= ${slot(new Date())}`,
    );
    const left = await count();
    if (left < this.#culling.maxEntries) return;
    const excess = Math.min(left, this.#culling.excess(left));
    await this.#execute(
      () =>
        `DELETE FROM ${table.name} WHERE ${table.key} IN (SELECT ${table.key} FROM ${table.name} ORDER BY ${table.key} LIMIT ${excess})`,
    );
  }

  #isAlive(slot: (value: unknown) => string): string {
    const { expiresAt } = this.#attached.table;
    return `(${expiresAt} IS NULL OR ${expiresAt} > ${slot(new Date())})`;
  }

  #execute(write: (slot: (value: unknown) => string) => string): Promise<number> {
    return this.#attached.database.execute(...this.#statement(write));
  }

  /** Writes a statement, its values becoming parameters in the order in which they are named. */
  #statement(write: (slot: (value: unknown) => string) => string): [sql: string, parameters: unknown[]] {
    const parameters: unknown[] = [];
    const isPostgres = this.#attached.database.dialect === 'postgres';
    const sql = write((value) => {
      parameters.push(value);
      return isPostgres ? `$${parameters.length}` : '?';
    });
    return [sql, parameters];
  }

  #connect(database: Database): void {
    this.#table = findCacheTable(database, this.#model);
    this.#database = database;
  }

  get #attached(): { database: Database; table: CacheTable } {
    if (this.#database && this.#table) return { database: this.#database, table: this.#table };
    throw new ImproperlyConfiguredError(
      'prismaCache() is not attached. Give it to CacheModule.forRoot(), or give it the database itself: prismaCache({ database }).',
    );
  }
}

/** The column is as wide as an index likes it: a longer key is kept by its digest. */
function nameOf(key: string): string {
  if (key.length <= MAX_KEY && !key.includes('\0')) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function dateOf(timeout: number | null): Date | null {
  return timeout === null ? null : new Date(Date.now() + timeout);
}

function* parts<T>(items: readonly T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += MAX_ROWS) yield items.slice(start, start + MAX_ROWS);
}
