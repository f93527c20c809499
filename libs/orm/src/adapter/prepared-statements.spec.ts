import { expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { PrismaDatabase } from '../database/prisma-database.js';
import { initialState } from '../query/state.js';
import { QuerySet } from '../query-set/query-set.js';
import { preparedStatements, type PreparedStatementsOptions } from './prepared-statements.js';

describeWith('postgres', 'preparedStatements()', (servers) => {
  /** Runs `fn` on a database whose only connection keeps its statements; tells which it has kept. */
  async function keptBy(
    options: PreparedStatementsOptions,
    fn: (database: PrismaDatabase) => Promise<unknown>,
  ): Promise<string[]> {
    const shop: TestDatabase = await createTestDatabase({ server: servers.postgres });
    const database = new PrismaDatabase('default', {
      adapter: new PrismaPg(
        { connectionString: shop.url!, max: 1 },
        { statementNameGenerator: preparedStatements(options) },
      ),
      client: (adapter) => new PrismaClient({ adapter }),
      schema: shop.schema,
    });
    try {
      await database.connect();
      await fn(database);
      const { rows } = await database.query(
        'values ((select json_agg(statement) from pg_prepared_statements))',
        [],
      );
      return JSON.parse(rows[0]![0] as string) as string[];
    } finally {
      await database.disconnect();
      await shop.close();
    }
  }

  const books = (database: PrismaDatabase) => new QuerySet({ database }, initialState('Book'));

  it('keeps a statement for all of its parameters, those of Prisma too', async () => {
    const kept = await keptBy({}, async (database) => {
      for (const id of [1, 2, 3])
        expect(await books(database as never).get({ id } as never)).toMatchObject({ id });
      const prisma = database.client as unknown as PrismaClient;
      for (const id of [1, 2])
        expect(await prisma.author.findUnique({ where: { id } })).toMatchObject({ id });
      await database.atomic(() => database.atomic(async () => books(database).count()));
    });
    expect(kept.filter((sql) => sql.includes('"t0"."isbn"'))).toHaveLength(1);
    expect(kept.filter((sql) => sql.includes('"shop_author"'))).toHaveLength(1);
    expect(kept.filter((sql) => /savepoint|begin/i.test(sql))).toEqual([]);
  });

  it('keeps no more than it may', async () => {
    const kept = await keptBy({ max: 2 }, async (database) => {
      for (const name of ['id', 'name', 'pages', 'rating'])
        expect(await books(database).orderBy(name as never)).toHaveLength(18);
    });
    expect(kept).toHaveLength(2);
  });

  it('refuses a max of none', () => {
    expect(() => preparedStatements({ max: 0 })).toThrow('a max from 1 on, not 0');
  });
});
