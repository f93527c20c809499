import { given } from './data.js';
import { peer } from '../lib/peer.js';
import { Decimal } from './pg-types.js';

/**
 * MikroORM, with a fork of its entity manager for each call, as for each request.
 *
 * @param {string} url
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url) {
  const { EntitySchema, MikroORM, Type, raw, sql } = await peer('@mikro-orm/postgresql');
  class DecimalType extends Type {
    convertToJSValue(/** @type {string | null} */ value) {
      return value === null ? null : new Decimal(value);
    }
    convertToDatabaseValue(/** @type {any} */ value) {
      return value?.toString();
    }
    getColumnType() {
      return 'numeric';
    }
  }
  class DayType extends Type {
    convertToJSValue(/** @type {string | null} */ value) {
      return value === null ? null : new Date(value);
    }
    convertToDatabaseValue(/** @type {unknown} */ value) {
      return value instanceof Date ? value.toISOString().slice(0, 10) : value;
    }
    getColumnType() {
      return 'date';
    }
    compareAsType() {
      return 'Date';
    }
  }
  const key = { type: 'integer', primary: true };
  const text = { type: 'string' };
  const integer = { type: 'integer' };
  const decimal = { type: DecimalType };
  /** @type {Record<string, [table: string, properties: object]>} */
  const definitions = {
    Publisher: [
      'shop_publisher',
      {
        id: key,
        name: text,
        numAwards: { ...integer, fieldName: 'num_awards' },
        books: { kind: '1:m', entity: () => 'Book', mappedBy: 'publisher', orderBy: { id: 'asc' } },
      },
    ],
    Author: ['shop_author', { id: key, name: text, age: integer, email: { ...text, nullable: true } }],
    Book: [
      'shop_book',
      {
        id: key,
        isbn: text,
        name: text,
        pages: integer,
        rating: { type: 'double' },
        price: decimal,
        pubdate: { type: DayType },
        tags: { type: 'json' },
        meta: { type: 'json', nullable: true },
        publisher: { kind: 'm:1', entity: () => 'Publisher', fieldName: 'publisher_id' },
        publisherId: { ...integer, fieldName: 'publisher_id', persist: false },
        contactId: { ...integer, fieldName: 'contact_id', nullable: true },
        authors: {
          kind: 'm:n',
          entity: () => 'Author',
          pivotTable: '_BookAuthors',
          joinColumn: 'B',
          inverseJoinColumn: 'A',
          orderBy: { id: 'asc' },
        },
      },
    ],
    Customer: [
      'shop_customer',
      {
        id: key,
        name: text,
        createdAt: { type: 'Date', columnType: 'timestamptz', fieldName: 'created_at' },
      },
    ],
    CustomerProfile: [
      'shop_customerprofile',
      { id: key, customerId: { ...integer, fieldName: 'customer_id' }, phone: text, points: integer },
    ],
    Order: [
      'shop_order',
      {
        id: key,
        customerId: { ...integer, fieldName: 'customer_id' },
        status: text,
        totalPrice: { ...decimal, fieldName: 'total_price' },
        placedAt: { type: 'Date', columnType: 'timestamptz', fieldName: 'placed_at' },
      },
    ],
    Employee: [
      'shop_employee',
      {
        id: key,
        name: text,
        salary: { ...decimal, nullable: true },
        department: text,
        hired: { type: DayType },
        managerId: { ...integer, fieldName: 'manager_id', nullable: true },
      },
    ],
  };
  const entities = Object.entries(definitions).map(
    ([name, [tableName, properties]]) => new EntitySchema({ name, tableName, properties }),
  );
  const orm = await MikroORM.init({ clientUrl: url, entities, forceUtcTimezone: true });
  const fork = () => orm.em.fork();
  return {
    byKey: (n) => fork().findOneOrFail('Book', { id: given.key(n) }),
    page: (n) =>
      fork().find(
        'Book',
        { rating: { $gte: 3 }, pages: { $gt: given.minimum(n) }, name: { $like: '%ook%' } },
        { orderBy: [{ pubdate: 'desc' }, { id: 'asc' }], limit: 20 },
      ),
    thousand: (n) =>
      fork().find('Book', { id: { $gte: given.thousand(n) } }, { orderBy: { id: 'asc' }, limit: 1000 }),
    toOne: (n) =>
      fork().find(
        'Book',
        { id: { $gte: given.thousand(n) } },
        { orderBy: { id: 'asc' }, limit: 1000, populate: ['publisher'] },
      ),
    children: (n) =>
      fork().find(
        'Publisher',
        { id: { $gte: given.hundred(n), $lt: given.hundred(n) + 100 } },
        { orderBy: { id: 'asc' }, populate: ['books'] },
      ),
    manyToMany: (n) =>
      fork().find(
        'Book',
        { id: { $gte: given.hundred(n), $lt: given.hundred(n) + 100 } },
        { orderBy: { id: 'asc' }, populate: ['authors'] },
      ),
    count: (n) => fork().count('Book', { pages: { $gt: given.minimum(n) } }),
    async annotate(n) {
      const em = fork();
      const groups = await em
        .createQueryBuilder('Order', 'o')
        .select(['customerId', raw('count(*)::int as placed'), raw('sum(total_price) as worth')])
        .groupBy('customerId')
        .having('count(*) > ?', [given.orders(n)])
        .execute('all');
      const rows = await em.find(
        'Customer',
        { id: groups.map((/** @type {any} */ group) => group.customerId) },
        { orderBy: { id: 'asc' } },
      );
      const byCustomer = new Map(groups.map((/** @type {any} */ group) => [group.customerId, group]));
      return rows.map((/** @type {any} */ { id, name, createdAt }) => {
        const { placed, worth } = byCustomer.get(id);
        return { id, name, createdAt, placed, worth: new Decimal(worth) };
      });
    },
    async report() {
      const rows = await fork()
        .createQueryBuilder('Order', 'o')
        .select([
          raw("date_trunc('month', placed_at at time zone 'UTC') at time zone 'UTC' as month"),
          'status',
          raw('count(*)::int as placed'),
          raw('sum(total_price) as total'),
        ])
        .groupBy([raw('1'), 'status'])
        .orderBy([{ [raw('1')]: 'asc' }, { status: 'asc' }])
        .execute('all');
      for (const row of rows) {
        row.month = new Date(row.month);
        row.total = new Decimal(row.total);
      }
      return rows;
    },
    async topThree(n) {
      const em = fork();
      const found = await em.find(
        'Publisher',
        { id: { $gte: given.hundred(n), $lt: given.hundred(n) + 100 } },
        { orderBy: { id: 'asc' } },
      );
      const keys = found.map((/** @type {any} */ row) => row.id);
      const ranked = sql`id in (select id from (select id, row_number() over (partition by publisher_id order by price desc, id) as position from shop_book where publisher_id in (${keys})) r where position <= 3)`;
      const best = await em.find('Book', { [ranked]: [] }, { orderBy: [{ price: 'desc' }, { id: 'asc' }] });
      /** @type {Map<number, any[]>} */
      const byParent = new Map(keys.map((/** @type {number} */ id) => [id, []]));
      for (const row of best) byParent.get(row.publisherId)?.push(row);
      return found.map((/** @type {any} */ { id, name, numAwards }) => {
        return { id, name, numAwards, books: byParent.get(id) };
      });
    },
    async bulkInsert(n) {
      const em = fork();
      const rows = given
        .employees(n)
        .map((row) => em.create('Employee', { ...row, salary: new Decimal(row.salary) }));
      await em.persistAndFlush(rows);
      return rows;
    },
    async bulkUpdate(n) {
      const em = fork();
      const rows = given.profiles(n);
      const found = await em.find('CustomerProfile', { id: rows.map((row) => row.id) });
      const points = new Map(rows.map((row) => [row.id, row.points]));
      for (const profile of found) profile.points = points.get(profile.id);
      await em.flush();
      return found.length;
    },
    updateByColumn: () =>
      fork().nativeUpdate('CustomerProfile', { customerId: { $lte: 100 } }, { points: raw('points + 1') }),
    close: () => orm.close(),
  };
}
