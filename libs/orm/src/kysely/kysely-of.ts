import {
  Kysely,
  type Dialect,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Database, Dialect as DialectName } from '../database/database.js';
import { AmbientDriver } from './ambient-driver.js';
import type { Tables } from './tables.js';

const parts = {
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db: Kysely<never>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db: Kysely<never>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  mysql: {
    createAdapter: () => new MysqlAdapter(),
    createIntrospector: (db: Kysely<never>) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
} satisfies Record<DialectName, Omit<Dialect, 'createDriver'>>;

const known = new WeakMap<Database, Kysely<Tables>>();

/**
 * Gives Kysely's query builder on a database, typed by the Prisma schema: its queries are sent on the same connection,
 * join the ambient transaction, are logged like all others, and their values come back as Prisma returns them.
 *
 * @example
 * await kyselyOf(database).selectFrom('shop_book').select(['id', 'name']).where('pages', '>', 300).execute()
 */
export function kyselyOf(database: Database): Kysely<Tables> {
  let kysely = known.get(database);
  if (!kysely) {
    const dialect = { ...parts[database.dialect], createDriver: () => new AmbientDriver(database) };
    known.set(database, (kysely = new Kysely<Tables>({ dialect: dialect })));
  }
  return kysely;
}
