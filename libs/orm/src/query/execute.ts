import type { OperationNode } from 'kysely';
import type { Database } from '../database/database.js';
import type { Shape } from './shape.js';
import type { SqlDialect } from './sql-dialect.js';
import { dialectOf } from './dialects/dialects.js';
import { Statement } from './statement.js';

/** Opens a statement for a database. */
export function statementFor(database: Database): Statement {
  return new Statement(dialectOf(database.dialect), database.schema, database.defaultState);
}

/** Sends a `SELECT` and reads its rows. */
export async function fetchRows<T>(
  database: Database,
  dialect: SqlDialect,
  node: OperationNode,
  shape: Shape<T>,
): Promise<T[]> {
  const { sql, parameters } = dialect.compile(node);
  const { rows } = await database.query(sql, parameters);
  const { read } = shape;
  return rows.map((row) => read(row));
}

/** Sends a `SELECT` of one value. */
export async function fetchValue(
  database: Database,
  dialect: SqlDialect,
  node: OperationNode,
): Promise<unknown> {
  const { sql, parameters } = dialect.compile(node);
  const { rows } = await database.query(sql, parameters);
  return rows[0]?.[0];
}

/** Sends a statement that writes; returns the number of rows affected. */
export async function write(database: Database, dialect: SqlDialect, node: OperationNode): Promise<number> {
  const { sql, parameters } = dialect.compile(node);
  return database.execute(sql, parameters);
}
