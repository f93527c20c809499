import type { Database } from '@nest-quintet/orm';
import { copyRows, readSeedTables, type SeedRow, type SeedTable } from './seed-rows.js';

export interface SeedOptions {
  /** How many times as many rows as the shop's data has. Default 1. */
  scale?: number;
  /** Whether to remove the rows that are there. */
  replace?: boolean;
  /** Hears how many rows of how many are written. */
  onProgress?: (done: number, total: number) => void;
}

/** A statement carries the rows of so many copies: some megabyte of JSON. */
const copiesPerStatement = 100;

/** Any number does, as long as every process that seeds takes the same. */
const seedLock = 5_150_319;

/**
 * Fills the database with the shop's data; `scale` gives benchmarks something to do.
 *
 * @returns How many rows were written: none where the shop has books and nothing is to be replaced.
 */
export async function seedDatabase(
  database: Database,
  { scale = 1, replace = false, onProgress }: SeedOptions = {},
): Promise<number> {
  const tables = await readSeedTables(database.schema);
  return database.atomic(async () => {
    // Of several processes that start on an empty database one seeds it.
    await database.execute('SELECT pg_advisory_xact_lock($1)', [seedLock]);
    if (replace) await truncate(database, tables);
    else if (await hasRows(database, tables)) return 0;
    const total = scale * sum(tables.map(({ rows }) => rows.length));
    const spans = new Map(tables.map(({ table, rows }) => [table, largestKey(rows)]));
    let done = 0;
    for (let copy = 0; copy < scale; copy += copiesPerStatement) {
      const copies = range(copy, Math.min(copy + copiesPerStatement, scale));
      for (const table of tables) {
        done += await insert(
          database,
          table,
          copies.flatMap((each) => copyRows(table, each, spans)),
        );
        onProgress?.(done, total);
      }
    }
    for (const { table, hasSequence } of tables) if (hasSequence) await countOn(database, table);
    return done;
  });
}

async function hasRows(database: Database, tables: readonly SeedTable[]): Promise<boolean> {
  const { rows } = await database.query(
    `SELECT ${tables.map(({ table }) => `EXISTS (SELECT FROM "${table}")`).join(' OR ')}`,
    [],
  );
  return rows[0]?.[0] === true;
}

async function truncate(database: Database, tables: readonly SeedTable[]): Promise<void> {
  await database.execute(`TRUNCATE ${tables.map(({ table }) => `"${table}"`).join(', ')}`, []);
}

async function insert(database: Database, { table }: SeedTable, rows: readonly SeedRow[]): Promise<number> {
  const columns = Object.keys(rows[0]!)
    .map((column) => `"${column}"`)
    .join(', ');
  return database.execute(
    `INSERT INTO "${table}" (${columns})
     SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $1::text::json)`,
    [JSON.stringify(rows)],
  );
}

/** Makes the next key that the database gives follow the last one that was written. */
async function countOn(database: Database, table: string): Promise<void> {
  await database.execute(
    `SELECT setval(pg_get_serial_sequence('"${table}"', 'id'), max("id")) FROM "${table}"`,
    [],
  );
}

function largestKey(rows: readonly SeedRow[]): number {
  return Math.max(0, ...rows.map(({ id }) => Number(id ?? 0)));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
