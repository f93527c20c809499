import type { Dialect } from '../../database/database.js';
import type { SqlDialect } from '../sql-dialect.js';
import { MysqlDialect } from './mysql.js';
import { PostgresDialect } from './postgres.js';
import { SqliteDialect } from './sqlite.js';

const dialects: Record<Dialect, SqlDialect> = {
  mysql: new MysqlDialect(),
  postgres: new PostgresDialect(),
  sqlite: new SqliteDialect(),
};

/** The dialect of a database. */
export function dialectOf(name: Dialect): SqlDialect {
  return dialects[name];
}
