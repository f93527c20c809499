import { given } from './data.js';
import { peer } from '../lib/peer.js';
import { pg, types } from './pg-types.js';

/** @type {any} */
const book = [
  'b.id',
  'b.isbn',
  'b.name',
  'b.pages',
  'b.rating',
  'b.price',
  'b.pubdate',
  'b.tags',
  'b.meta',
  'b.publisher_id as publisherId',
  'b.contact_id as contactId',
];
/** @type {any} */
const publisher = ['p.id', 'p.name', 'p.num_awards as numAwards'];

/**
 * Kysely; related rows come by a query of their own, as its JSON helpers lose the types of decimals and dates.
 *
 * @param {string} url
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url) {
  const { Kysely, PostgresDialect, sql } = await peer('kysely');
  const pool = new pg.Pool({ connectionString: url, types });
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const parents = (/** @type {number} */ n) =>
    db
      .selectFrom('shop_publisher as p')
      .select(publisher)
      .where('p.id', '>=', given.hundred(n))
      .orderBy('p.id')
      .limit(100)
      .execute();
  const keysOf = (/** @type {any[]} */ rows) => rows.map((row) => row.id);
  const page = (/** @type {number} */ n) =>
    db
      .selectFrom('shop_book as b')
      .select(book)
      .where('b.rating', '>=', 3)
      .where('b.pages', '>', given.minimum(n))
      .where('b.name', 'like', '%ook%')
      .orderBy('b.pubdate', 'desc')
      .orderBy('b.id')
      .limit(20);
  return {
    byKey: (n) =>
      db.selectFrom('shop_book as b').select(book).where('b.id', '=', given.key(n)).executeTakeFirstOrThrow(),
    page: (n) => page(n).execute(),
    thousand: (n) =>
      db
        .selectFrom('shop_book as b')
        .select(book)
        .where('b.id', '>=', given.thousand(n))
        .orderBy('b.id')
        .limit(1000)
        .execute(),
    async toOne(n) {
      const rows = await db
        .selectFrom('shop_book as b')
        .innerJoin('shop_publisher as p', 'p.id', 'b.publisher_id')
        .select(book)
        .select(['p.id as p_id', 'p.name as p_name', 'p.num_awards as p_numAwards'])
        .where('b.id', '>=', given.thousand(n))
        .orderBy('b.id')
        .limit(1000)
        .execute();
      return rows.map((/** @type {any} */ { p_id, p_name, p_numAwards, ...row }) => ({
        ...row,
        publisher: { id: p_id, name: p_name, numAwards: p_numAwards },
      }));
    },
    async children(n) {
      const found = await parents(n);
      const books = await db
        .selectFrom('shop_book as b')
        .select(book)
        .where('b.publisher_id', 'in', keysOf(found))
        .orderBy('b.id')
        .execute();
      return withMany(found, 'books', books, 'publisherId');
    },
    async manyToMany(n) {
      const found = await db
        .selectFrom('shop_book as b')
        .select(book)
        .where('b.id', '>=', given.hundred(n))
        .orderBy('b.id')
        .limit(100)
        .execute();
      const authors = await db
        .selectFrom('_BookAuthors as ba')
        .innerJoin('shop_author as a', 'a.id', 'ba.A')
        .select(['ba.B as bookId', 'a.id', 'a.name', 'a.age', 'a.email'])
        .where('ba.B', 'in', keysOf(found))
        .orderBy('a.id')
        .execute();
      return withMany(found, 'authors', authors, 'bookId');
    },
    async count(n) {
      const { count } = await db
        .selectFrom('shop_book as b')
        .select(db.fn.countAll().as('count'))
        .where('b.pages', '>', given.minimum(n))
        .executeTakeFirstOrThrow();
      return count;
    },
    annotate: (n) =>
      db
        .selectFrom('shop_customer as c')
        .innerJoin(
          (/** @type {any} */ from) =>
            from
              .selectFrom('shop_order')
              .select(['customer_id', db.fn.countAll().as('placed'), db.fn.sum('total_price').as('worth')])
              .groupBy('customer_id')
              .as('o'),
          'o.customer_id',
          'c.id',
        )
        .select(['c.id', 'c.name', 'c.created_at as createdAt', 'o.placed', 'o.worth'])
        .where('o.placed', '>', given.orders(n))
        .orderBy('c.id')
        .execute(),
    report: () =>
      db
        .selectFrom('shop_order')
        .select([
          sql`date_trunc('month', placed_at at time zone 'UTC') at time zone 'UTC'`.as('month'),
          'status',
          db.fn.countAll().as('placed'),
          db.fn.sum('total_price').as('total'),
        ])
        .groupBy(['month', 'status'])
        .orderBy('month')
        .orderBy('status')
        .execute(),
    async topThree(n) {
      const found = await parents(n);
      const books = await db
        .selectFrom((/** @type {any} */ from) =>
          from
            .selectFrom('shop_book')
            .selectAll()
            .select((/** @type {any} */ inner) =>
              inner.fn
                .agg('row_number')
                .over((/** @type {any} */ over) =>
                  over.partitionBy('publisher_id').orderBy('price', 'desc').orderBy('id'),
                )
                .as('position'),
            )
            .where('publisher_id', 'in', keysOf(found))
            .as('b'),
        )
        .select(book)
        .where('b.position', '<=', 3)
        .orderBy('b.position')
        .execute();
      return withMany(found, 'books', books, 'publisherId');
    },
    bulkInsert: (n) =>
      db
        .insertInto('shop_employee')
        .values(given.employees(n))
        .returning(['id', 'name', 'salary', 'department', 'hired', 'manager_id as managerId'])
        .execute(),
    async bulkUpdate(n) {
      const rows = given.profiles(n).map(({ id, points }) => sql`(${id}::int, ${points}::int)`);
      const { numUpdatedRows } = await db
        .updateTable('shop_customerprofile as p')
        .from(sql`(values ${sql.join(rows)})`.as(sql`v(id, points)`))
        .set({ points: sql`v.points` })
        .whereRef('p.id', '=', sql.ref('v.id'))
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
    async updateByColumn() {
      const { numUpdatedRows } = await db
        .updateTable('shop_customerprofile')
        .set((/** @type {any} */ row) => ({ points: row('points', '+', 1) }))
        .where('customer_id', '<=', 100)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows);
    },
    compile: (n) => page(n).compile(),
    close: () => db.destroy(),
  };
}

/**
 * @param {any[]} parents
 * @param {string} name
 * @param {any[]} rows
 * @param {string} key
 */
function withMany(parents, name, rows, key) {
  /** @type {Map<unknown, any[]>} */
  const byParent = new Map(parents.map((parent) => [parent.id, (parent[name] = [])]));
  for (const row of rows) byParent.get(row[key])?.push(row);
  return parents;
}
