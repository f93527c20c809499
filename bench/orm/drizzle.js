import { given } from './data.js';
import * as schema from './drizzle-schema.js';
import { peer } from '../lib/peer.js';
import { Decimal, pg } from './pg-types.js';

/**
 * Drizzle: its relational queries for relations, its query builder for the rest.
 *
 * @param {string} url
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url) {
  const { and, asc, count, desc, eq, gt, gte, inArray, like, lte, sql, sum } = await peer('drizzle-orm');
  const { drizzle } = await peer('drizzle-orm/node-postgres');
  const pool = new pg.Pool({ connectionString: url });
  const db = drizzle(pool, { schema });
  const { books, customers, employees, orders, profiles, publishers } = schema;
  const page = (/** @type {number} */ n) =>
    db
      .select()
      .from(books)
      .where(and(gte(books.rating, 3), gt(books.pages, given.minimum(n)), like(books.name, '%ook%')))
      .orderBy(desc(books.pubdate), asc(books.id))
      .limit(20);
  return {
    byKey: async (n) =>
      (
        await db
          .select()
          .from(books)
          .where(eq(books.id, given.key(n)))
      )[0],
    page,
    thousand: (n) =>
      db
        .select()
        .from(books)
        .where(gte(books.id, given.thousand(n)))
        .orderBy(asc(books.id))
        .limit(1000),
    async toOne(n) {
      const rows = await db
        .select()
        .from(books)
        .innerJoin(publishers, eq(publishers.id, books.publisherId))
        .where(gte(books.id, given.thousand(n)))
        .orderBy(asc(books.id))
        .limit(1000);
      return rows.map((/** @type {any} */ row) => ({ ...row.shop_book, publisher: row.shop_publisher }));
    },
    children: (n) =>
      db.query.publishers.findMany({
        where: gte(publishers.id, given.hundred(n)),
        orderBy: [asc(publishers.id)],
        limit: 100,
        with: { books: { orderBy: [asc(books.id)] } },
      }),
    async manyToMany(n) {
      const rows = await db.query.books.findMany({
        where: gte(books.id, given.hundred(n)),
        orderBy: [asc(books.id)],
        limit: 100,
        with: {
          bookAuthors: {
            columns: {},
            with: { author: true },
            orderBy: (/** @type {any} */ row) => [asc(row.authorId)],
          },
        },
      });
      return rows.map((/** @type {any} */ { bookAuthors, ...row }) => ({
        ...row,
        authors: bookAuthors.map((/** @type {any} */ { author }) => author),
      }));
    },
    count: (n) => db.$count(books, gt(books.pages, given.minimum(n))),
    annotate(n) {
      const placed = db
        .select({
          customerId: orders.customerId,
          placed: count().as('placed'),
          worth: sum(orders.totalPrice).mapWith(orders.totalPrice).as('worth'),
        })
        .from(orders)
        .groupBy(orders.customerId)
        .as('o');
      return db
        .select({
          id: customers.id,
          name: customers.name,
          createdAt: customers.createdAt,
          placed: placed.placed,
          worth: placed.worth,
        })
        .from(customers)
        .innerJoin(placed, eq(placed.customerId, customers.id))
        .where(gt(placed.placed, given.orders(n)))
        .orderBy(asc(customers.id));
    },
    report() {
      const month = sql`date_trunc('month', ${orders.placedAt} at time zone 'UTC') at time zone 'UTC'`;
      return db
        .select({
          month: month.mapWith(orders.placedAt).as('month'),
          status: orders.status,
          placed: count(),
          total: sum(orders.totalPrice).mapWith((/** @type {string} */ value) => new Decimal(value)),
        })
        .from(orders)
        .groupBy(sql`1`, orders.status)
        .orderBy(sql`1`, asc(orders.status));
    },
    topThree: (n) =>
      db.query.publishers.findMany({
        where: gte(publishers.id, given.hundred(n)),
        orderBy: [asc(publishers.id)],
        limit: 100,
        with: { books: { orderBy: [desc(books.price), asc(books.id)], limit: 3 } },
      }),
    bulkInsert: (n) => db.insert(employees).values(given.employees(n)).returning(),
    async bulkUpdate(n) {
      const rows = given.profiles(n);
      // As its guide "update many with different values for each row" says.
      const chunks = [sql`(case`];
      for (const { id, points } of rows) chunks.push(sql`when ${profiles.id} = ${id} then ${points}::int`);
      chunks.push(sql`end)`);
      const { rowCount } = await db
        .update(profiles)
        .set({ points: sql.join(chunks, sql.raw(' ')) })
        .where(
          inArray(
            profiles.id,
            rows.map((row) => row.id),
          ),
        );
      return rowCount;
    },
    async updateByColumn() {
      const { rowCount } = await db
        .update(profiles)
        .set({ points: sql`${profiles.points} + 1` })
        .where(lte(profiles.customerId, 100));
      return rowCount;
    },
    compile: (n) => page(n).toSQL(),
    close: () => pool.end(),
  };
}
