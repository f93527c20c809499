import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import type { SqlResultSet } from '@prisma/driver-adapter-utils';
import type { Database } from '../database/database.js';
import { NotSupportedError } from '../errors.js';
import { isDecimal } from '../query/decimal.js';
import { columnReader } from './column-reader.js';

/** Sends Kysely's queries where those of QuerySets are sent. */
export class AmbientDriver implements Driver {
  constructor(readonly database: Database) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new AmbientConnection(this.database);
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new NotSupportedError('Kysely joins the ambient transaction: open one by database.atomic().');
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}
}

class AmbientConnection implements DatabaseConnection {
  constructor(readonly database: Database) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters.map(bound);
    if (!returnsRows(query)) {
      const count = await this.database.execute(query.sql, parameters);
      return { rows: [], numAffectedRows: BigInt(count) };
    }
    const rows = objectsOf(await this.database.query(query.sql, parameters), this.database);
    return { rows: rows as R[], numAffectedRows: BigInt(rows.length) };
  }

  // oxlint-disable-next-line require-yield -- it has to be a generator
  async *streamQuery<R>(): AsyncGenerator<QueryResult<R>, void, undefined> {
    throw new NotSupportedError('Kysely cannot stream here; iterator() of a QuerySet can.');
  }
}

function returnsRows({ query, sql }: CompiledQuery): boolean {
  if (query.kind === 'SelectQueryNode') return true;
  if (query.kind === 'RawNode')
    return /^\s*\(*\s*(select|with|values|table|show|explain)\b|\breturning\b/i.test(sql);
  return 'returning' in query && query.returning !== undefined;
}

/** A value as driver adapters take it. */
function bound(value: unknown): unknown {
  if (isDecimal(value)) return value.toFixed();
  const isPlain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? JSON.stringify(value) : value;
}

function objectsOf({ columnNames, columnTypes, rows }: SqlResultSet, { schema }: Database): object[] {
  const readers = columnTypes.map((type) => columnReader(type, schema));
  return rows.map((row) =>
    Object.fromEntries(
      columnNames.map((name, index) => {
        const value = row[index];
        const read = readers[index];
        return [name, read === undefined || value === null ? value : read(value as never)];
      }),
    ),
  );
}
