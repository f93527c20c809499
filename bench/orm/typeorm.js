import { given } from './data.js';
import { peer } from '../lib/peer.js';
import { Decimal } from './pg-types.js';

const decimal = {
  type: 'numeric',
  transformer: {
    from: (/** @type {string | null} */ value) => (value === null ? null : new Decimal(value)),
    to: (/** @type {unknown} */ value) => value,
  },
};
const day = {
  type: 'date',
  transformer: {
    from: (/** @type {string | null} */ value) => (value === null ? null : new Date(value)),
    to: (/** @type {unknown} */ value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value),
  },
};
const key = { type: 'integer', primary: true, generated: true };

/** @type {Record<string, any>} */
const definitions = {
  Publisher: {
    tableName: 'shop_publisher',
    columns: { id: key, name: { type: 'varchar' }, numAwards: { type: 'integer', name: 'num_awards' } },
    relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'publisher' } },
  },
  Author: {
    tableName: 'shop_author',
    columns: {
      id: key,
      name: { type: 'varchar' },
      age: { type: 'integer' },
      email: { type: 'varchar', nullable: true },
    },
  },
  Book: {
    tableName: 'shop_book',
    columns: {
      id: key,
      isbn: { type: 'varchar' },
      name: { type: 'varchar' },
      pages: { type: 'integer' },
      rating: { type: 'double precision' },
      price: decimal,
      pubdate: day,
      tags: { type: 'jsonb' },
      meta: { type: 'jsonb', nullable: true },
      publisherId: { type: 'integer', name: 'publisher_id' },
      contactId: { type: 'integer', name: 'contact_id', nullable: true },
    },
    relations: {
      publisher: { type: 'many-to-one', target: 'Publisher', joinColumn: { name: 'publisher_id' } },
      authors: {
        type: 'many-to-many',
        target: 'Author',
        joinTable: {
          name: '_BookAuthors',
          joinColumn: { name: 'B', referencedColumnName: 'id' },
          inverseJoinColumn: { name: 'A', referencedColumnName: 'id' },
        },
      },
    },
  },
  Customer: {
    tableName: 'shop_customer',
    columns: {
      id: key,
      name: { type: 'varchar' },
      createdAt: { type: 'timestamptz', name: 'created_at' },
    },
  },
  CustomerProfile: {
    tableName: 'shop_customerprofile',
    columns: {
      id: key,
      customerId: { type: 'integer', name: 'customer_id' },
      phone: { type: 'varchar' },
      points: { type: 'integer' },
    },
  },
  Order: {
    tableName: 'shop_order',
    columns: {
      id: key,
      customerId: { type: 'integer', name: 'customer_id' },
      status: { type: 'varchar' },
      totalPrice: { ...decimal, name: 'total_price' },
      placedAt: { type: 'timestamptz', name: 'placed_at' },
    },
  },
  Employee: {
    tableName: 'shop_employee',
    columns: {
      id: key,
      name: { type: 'varchar' },
      salary: { ...decimal, nullable: true },
      department: { type: 'varchar' },
      hired: day,
      managerId: { type: 'integer', name: 'manager_id', nullable: true },
    },
  },
};

/**
 * TypeORM: its repositories, and its query builder where those have no words.
 *
 * @param {string} url
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url) {
  const { Between, DataSource, EntitySchema, Like, MoreThan, MoreThanOrEqual } = await peer('typeorm');
  const entities = Object.entries(definitions).map(
    ([name, options]) => new EntitySchema({ name, ...options }),
  );
  const source = await new DataSource({ type: 'postgres', url, entities }).initialize();
  const [books, publishers, customers, profiles, orders, employees] = [
    'Book',
    'Publisher',
    'Customer',
    'CustomerProfile',
    'Order',
    'Employee',
  ].map((name) => source.getRepository(name));
  const hundred = (/** @type {number} */ n) => Between(given.hundred(n), given.hundred(n) + 99);
  return {
    byKey: (n) => books.findOneBy({ id: given.key(n) }),
    page: (n) =>
      books.find({
        where: { rating: MoreThanOrEqual(3), pages: MoreThan(given.minimum(n)), name: Like('%ook%') },
        order: { pubdate: 'DESC', id: 'ASC' },
        take: 20,
      }),
    thousand: (n) =>
      books.find({ where: { id: MoreThanOrEqual(given.thousand(n)) }, order: { id: 'ASC' }, take: 1000 }),
    toOne: (n) =>
      books.find({
        where: { id: Between(given.thousand(n), given.thousand(n) + 999) },
        order: { id: 'ASC' },
        relations: { publisher: true },
      }),
    children: (n) =>
      publishers.find({
        where: { id: hundred(n) },
        order: { id: 'ASC', books: { id: 'ASC' } },
        relations: { books: true },
      }),
    manyToMany: (n) =>
      books.find({
        where: { id: hundred(n) },
        order: { id: 'ASC', authors: { id: 'ASC' } },
        relations: { authors: true },
      }),
    count: (n) => books.countBy({ pages: MoreThan(given.minimum(n)) }),
    async annotate(n) {
      const { entities: rows, raw } = await customers
        .createQueryBuilder('c')
        .innerJoin('Order', 'o', 'o.customerId = c.id')
        .addSelect('count(*)::int', 'placed')
        .addSelect('sum(o.totalPrice)', 'worth')
        .groupBy('c.id')
        .having('count(*) > :least', { least: given.orders(n) })
        .orderBy('c.id')
        .getRawAndEntities();
      return rows.map((/** @type {any} */ row, /** @type {number} */ index) => {
        return { ...row, placed: raw[index].placed, worth: new Decimal(raw[index].worth) };
      });
    },
    async report() {
      const rows = await orders
        .createQueryBuilder('o')
        .select("date_trunc('month', o.placedAt at time zone 'UTC') at time zone 'UTC'", 'month')
        .addSelect('o.status', 'status')
        .addSelect('count(*)::int', 'placed')
        .addSelect('sum(o.totalPrice)', 'total')
        .groupBy('month')
        .addGroupBy('o.status')
        .orderBy('month')
        .addOrderBy('o.status')
        .getRawMany();
      for (const row of rows) row.total = new Decimal(row.total);
      return rows;
    },
    async topThree(n) {
      const found = await publishers.find({ where: { id: hundred(n) }, order: { id: 'ASC' } });
      const ranked = books
        .createQueryBuilder('r')
        .select('r.id', 'id')
        .addSelect('row_number() over (partition by r.publisher_id order by r.price desc, r.id)', 'position')
        .where('r.publisherId in (:...keys)');
      const best = await books
        .createQueryBuilder('b')
        .innerJoin(`(${ranked.getQuery()})`, 'ranked', 'ranked.id = b.id and ranked.position <= 3')
        .setParameter(
          'keys',
          found.map((/** @type {any} */ row) => row.id),
        )
        .orderBy('b.price', 'DESC')
        .addOrderBy('b.id')
        .getMany();
      const byParent = new Map(found.map((/** @type {any} */ row) => [row.id, (row.books = [])]));
      for (const row of best) byParent.get(row.publisherId)?.push(row);
      return found;
    },
    async bulkInsert(n) {
      const rows = given.employees(n);
      // insert() gives the keys and the defaults back into the rows that it is given.
      await employees.insert(rows);
      return rows.map((row) => ({ ...row, salary: new Decimal(row.salary) }));
    },
    bulkUpdate: async (n) => (await profiles.save(given.profiles(n), { chunk: 1000 })).length,
    async updateByColumn() {
      const { affected } = await profiles
        .createQueryBuilder()
        .update()
        .set({ points: () => 'points + 1' })
        .where('customerId <= :key', { key: 100 })
        .execute();
      return affected;
    },
    close: () => source.destroy(),
  };
}
