import type { Dialect } from '../../database/database.js';
import { NotSupportedError } from '../../errors.js';
import type { SqlDialect } from '../sql-dialect.js';
import { PostgresDialect } from './postgres.js';
import { SqliteDialect } from './sqlite.js';

const dialects: Partial<Record<Dialect, SqlDialect>> = {
  postgres: new PostgresDialect(),
  sqlite: new SqliteDialect(),
};

/** The dialect of a database. */
export function dialectOf(name: Dialect): SqlDialect {
  const dialect = dialects[name];
  if (!dialect) throw new NotSupportedError(`QuerySets cannot speak to ${name} yet.`);
  return dialect;
}
