/** Puts the rows into the bookshop's tables that every contender reads; the same ones on every machine. */
export const seed = `
INSERT INTO shop_publisher (name, num_awards) SELECT 'Publisher ' || n, n % 7 FROM generate_series(1, 500) n;
INSERT INTO shop_author (name, age, email)
  SELECT 'Author ' || n, 20 + n % 60, CASE WHEN n % 4 > 0 THEN 'author' || n || '@mail.example' END
  FROM generate_series(1, 2000) n;
INSERT INTO shop_book (isbn, name, pages, rating, price, pubdate, tags, meta, publisher_id, contact_id)
  SELECT '978' || lpad(n::text, 10, '0'), 'Book ' || n, 50 + n * 37 % 900, (n % 50) / 10.0, (100 + n * 7919 % 9000) / 100.0,
    date '2000-01-01' + n % 8000, '["new", "paper"]', CASE WHEN n % 2 = 0 THEN jsonb_build_object('shelf', n) END,
    1 + (n - 1) / 10, CASE WHEN n % 3 > 0 THEN 1 + n % 2000 END
  FROM generate_series(1, 5000) n;
INSERT INTO "_BookAuthors" ("A", "B")
  SELECT 1 + (n * step) % 2000, n FROM generate_series(1, 5000) n, unnest(ARRAY[7, 11]) step ON CONFLICT DO NOTHING;
INSERT INTO shop_customer (name, created_at)
  SELECT 'Customer ' || n, timestamptz '2023-01-01Z' + n * interval '61 minutes' FROM generate_series(1, 1000) n;
INSERT INTO shop_customerprofile (customer_id, phone, points) SELECT n, '+49 ' || n, n FROM generate_series(1, 1000) n;
INSERT INTO shop_order (customer_id, status, total_price, discounted_price, placed_at, note)
  SELECT 1 + (n % 1000) * (1 + n % 3) % 1000, (ARRAY['new', 'paid', 'shipped', 'cancelled'])[1 + n % 4],
    (500 + n * 7919 % 90000) / 100.0, (500 + n * 7919 % 80000) / 100.0,
    timestamptz '2024-01-01Z' + n * interval '97 minutes', CASE WHEN n % 5 = 0 THEN 'Note ' || n END
  FROM generate_series(1, 5000) n;
VACUUM ANALYZE;
`;

const scalars = {
  Publisher: ['id', 'name', 'numAwards'],
  Author: ['id', 'name', 'age', 'email'],
  Book: 'id isbn name pages rating price pubdate tags meta publisherId contactId'.split(' '),
  Customer: ['id', 'name', 'createdAt'],
};

/**
 * What of an answer is compared: the fields, and those of the rows inside.
 *
 * @typedef {{ fields: string[], inside?: Record<string, Shape> }} Shape
 */

/**
 * One thing that all contenders do; each answers `shape`, a value as it is where there is none.
 *
 * @typedef {object} Task
 * @property {string} name
 * @property {Shape} [shape]
 * @property {boolean} [isRead]
 * @property {string} [after] Sent after each measurement, so that what it wrote burdens no one.
 */

const book = { fields: scalars.Book };
const publisher = { fields: scalars.Publisher };
const forgetInserted = 'TRUNCATE shop_employee RESTART IDENTITY';
const forgetUpdated = 'VACUUM shop_customerprofile';

/** @type {Record<string, Task>} */
export const tasks = {
  byKey: { name: 'by primary key', shape: book, isRead: true },
  page: { name: 'filter, order, 20 rows', shape: book, isRead: true },
  thousand: { name: '1,000 rows', shape: book, isRead: true },
  toOne: {
    name: '1,000 rows with a to-one',
    shape: { ...book, inside: { publisher } },
    isRead: true,
  },
  children: {
    name: '100 parents with 10 children each',
    shape: { ...publisher, inside: { books: book } },
    isRead: true,
  },
  manyToMany: {
    name: '100 rows with a many-to-many',
    shape: { ...book, inside: { authors: { fields: scalars.Author } } },
    isRead: true,
  },
  count: { name: 'count', isRead: true },
  annotate: {
    name: 'annotate(Count, Sum), filter',
    shape: { fields: [...scalars.Customer, 'placed', 'worth'] },
    isRead: true,
  },
  report: {
    name: 'report by month and status',
    shape: { fields: ['month', 'status', 'placed', 'total'] },
    isRead: true,
  },
  topThree: {
    name: 'top 3 per group',
    shape: { ...publisher, inside: { books: book } },
    isRead: true,
  },
  bulkInsert: {
    name: 'bulk insert of 1,000',
    shape: { fields: ['name', 'salary', 'department', 'hired', 'managerId'] },
    after: forgetInserted,
  },
  bulkUpdate: { name: 'bulk update of 1,000 different values', after: forgetUpdated },
  updateByColumn: { name: 'update by the column itself, 100 rows', after: forgetUpdated },
};

/** The arguments of the `n`th call; they change, so that no one can keep an answer. */
export const given = {
  key: (/** @type {number} */ n) => 1 + ((n * 37) % 5000),
  /** The first key of 1,000 books. */
  thousand: (/** @type {number} */ n) => 1 + ((n * 37) % 4000),
  /** The first key of 100 publishers or books. */
  hundred: (/** @type {number} */ n) => 1 + ((n * 37) % 400),
  minimum: (/** @type {number} */ n) => 100 + (n % 200),
  /** The fewest orders of a customer; some have more. */
  orders: (/** @type {number} */ n) => 5 + (n % 3),
  employees: (/** @type {number} */ n) =>
    Array.from({ length: 1000 }, (_, index) => ({
      name: `Employee ${index}`,
      salary: `${1000 + index + (n % 10)}.50`,
      department: index % 2 ? 'Sales' : 'Editing',
      hired: new Date(Date.UTC(2020, 0, 1 + (index % 300))),
    })),
  profiles: (/** @type {number} */ n) =>
    Array.from({ length: 1000 }, (_, index) => ({ id: index + 1, points: ((index * 7 + n) % 5000) + 1 })),
};
