import { given } from './data.js';
import { pg, types } from './pg-types.js';

const book =
  'b.id, b.isbn, b.name, b.pages, b.rating, b.price, b.pubdate, b.tags, b.meta, b.publisher_id AS "publisherId", b.contact_id AS "contactId"';
const publisher = 'p.id, p.name, p.num_awards AS "numAwards"';

/**
 * `pg` with SQL written by hand, and objects made by hand.
 *
 * @param {string} url
 * @param {{ isPrepared: boolean }} options
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url, { isPrepared }) {
  const pool = new pg.Pool({ connectionString: url, types });
  /** @type {Map<string, string>} */
  const names = new Map();
  const nameOf = (/** @type {string} */ text) => {
    if (!isPrepared) return undefined;
    if (!names.has(text)) names.set(text, `bench_${names.size}`);
    return names.get(text);
  };
  const rows = async (/** @type {string} */ text, /** @type {unknown[]} */ values) =>
    (await pool.query({ name: nameOf(text), text, values })).rows;
  const lists = async (/** @type {string} */ text, /** @type {unknown[]} */ values) =>
    (await pool.query({ name: nameOf(text), text, values, rowMode: 'array' })).rows;
  return {
    byKey: async (n) => (await rows(`SELECT ${book} FROM shop_book b WHERE b.id = $1`, [given.key(n)]))[0],
    page: (n) =>
      rows(
        `SELECT ${book} FROM shop_book b WHERE b.rating >= $1 AND b.pages > $2 AND b.name LIKE $3
         ORDER BY b.pubdate DESC, b.id LIMIT $4`,
        [3, given.minimum(n), '%ook%', 20],
      ),
    thousand: (n) =>
      rows(`SELECT ${book} FROM shop_book b WHERE b.id >= $1 ORDER BY b.id LIMIT $2`, [
        given.thousand(n),
        1000,
      ]),
    async toOne(n) {
      const found = await lists(
        `SELECT ${book}, ${publisher} FROM shop_book b JOIN shop_publisher p ON p.id = b.publisher_id
         WHERE b.id >= $1 ORDER BY b.id LIMIT $2`,
        [given.thousand(n), 1000],
      );
      return found.map((/** @type {any[]} */ row) => ({
        ...bookOf(row),
        publisher: { id: row[11], name: row[12], numAwards: row[13] },
      }));
    },
    async children(n) {
      const parents = await rows(
        `SELECT ${publisher} FROM shop_publisher p WHERE p.id >= $1 ORDER BY p.id LIMIT $2`,
        [given.hundred(n), 100],
      );
      const keys = parents.map((/** @type {any} */ row) => row.id);
      const books = await rows(
        `SELECT ${book} FROM shop_book b WHERE b.publisher_id = ANY($1) ORDER BY b.id`,
        [keys],
      );
      return withMany(parents, 'books', books, 'publisherId');
    },
    async manyToMany(n) {
      const parents = await rows(`SELECT ${book} FROM shop_book b WHERE b.id >= $1 ORDER BY b.id LIMIT $2`, [
        given.hundred(n),
        100,
      ]);
      const keys = parents.map((/** @type {any} */ row) => row.id);
      const found = await lists(
        `SELECT ba."B", a.id, a.name, a.age, a.email FROM "_BookAuthors" ba JOIN shop_author a ON a.id = ba."A"
         WHERE ba."B" = ANY($1) ORDER BY a.id`,
        [keys],
      );
      /** @type {Map<number, any[]>} */
      const byBook = new Map(parents.map((/** @type {any} */ row) => [row.id, (row.authors = [])]));
      for (const [key, id, name, age, email] of found) byBook.get(key)?.push({ id, name, age, email });
      return parents;
    },
    async count(n) {
      const [row] = await rows('SELECT count(*) FROM shop_book WHERE pages > $1', [given.minimum(n)]);
      return row.count;
    },
    annotate: (n) =>
      rows(
        `SELECT c.id, c.name, c.created_at AS "createdAt", o.placed, o.worth FROM shop_customer c
         JOIN (SELECT customer_id, count(*) AS placed, sum(total_price) AS worth FROM shop_order GROUP BY customer_id) o
           ON o.customer_id = c.id
         WHERE o.placed > $1 ORDER BY c.id`,
        [given.orders(n)],
      ),
    report: () =>
      rows(
        `SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS month, status,
           count(*) AS placed, sum(total_price) AS total
         FROM shop_order GROUP BY 1, 2 ORDER BY 1, 2`,
        [],
      ),
    async topThree(n) {
      const parents = await rows(
        `SELECT ${publisher} FROM shop_publisher p WHERE p.id >= $1 ORDER BY p.id LIMIT $2`,
        [given.hundred(n), 100],
      );
      const keys = parents.map((/** @type {any} */ row) => row.id);
      const books = await rows(
        `SELECT ${book} FROM (
           SELECT *, row_number() OVER (PARTITION BY publisher_id ORDER BY price DESC, id) AS position
           FROM shop_book WHERE publisher_id = ANY($1)) b
         WHERE b.position <= 3 ORDER BY b.position`,
        [keys],
      );
      return withMany(parents, 'books', books, 'publisherId');
    },
    bulkInsert(n) {
      const employees = given.employees(n);
      return rows(
        `INSERT INTO shop_employee (name, salary, department, hired)
         SELECT * FROM unnest($1::text[], $2::numeric[], $3::text[], $4::date[])
         RETURNING id, name, salary, department, hired, manager_id AS "managerId"`,
        [
          employees.map((row) => row.name),
          employees.map((row) => row.salary),
          employees.map((row) => row.department),
          employees.map((row) => row.hired.toISOString()),
        ],
      );
    },
    async bulkUpdate(n) {
      const profiles = given.profiles(n);
      const { rowCount } = await pool.query(
        `UPDATE shop_customerprofile p SET points = v.points
         FROM unnest($1::int[], $2::int[]) AS v (id, points) WHERE p.id = v.id`,
        [profiles.map((row) => row.id), profiles.map((row) => row.points)],
      );
      return rowCount;
    },
    async updateByColumn() {
      const { rowCount } = await pool.query(
        'UPDATE shop_customerprofile SET points = points + $1 WHERE customer_id <= $2',
        [1, 100],
      );
      return rowCount;
    },
    close: () => pool.end(),
  };
}

/** @param {any[]} row */
function bookOf([id, isbn, name, pages, rating, price, pubdate, tags, meta, publisherId, contactId]) {
  return { id, isbn, name, pages, rating, price, pubdate, tags, meta, publisherId, contactId };
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
