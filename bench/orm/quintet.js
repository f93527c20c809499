import 'reflect-metadata';
import { given } from './data.js';
import { builtOfApp, ofApp } from './peers.js';

/**
 * Ours, in a Nest application with signals, as it is used.
 *
 * @param {string} url
 * @param {{ isPrepared: boolean }} options
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url, { isPrepared }) {
  const { NestFactory } = await ofApp('@nestjs/core');
  const { PrismaPg } = await ofApp('@prisma/adapter-pg');
  const orm = await ofApp('@nest-quintet/orm');
  const { SignalsModule } = await ofApp('@nest-quintet/signals');
  const { PrismaClient } = await builtOfApp('generated/prisma/client.js');
  const { schema } = await builtOfApp('generated/quintet/index.js');
  const { Count, F, OrmModule, Prefetch, Sum, TruncMonth, getManagerToken } = orm;
  const models = ['Book', 'Publisher', 'Author', 'Customer', 'Order', 'Employee', 'CustomerProfile'];
  const app = await NestFactory.createApplicationContext(
    {
      module: class BenchModule {},
      imports: [
        SignalsModule.forRoot(),
        OrmModule.forRoot({
          adapter: new PrismaPg(
            { connectionString: url },
            isPrepared ? { statementNameGenerator: orm.preparedStatements() } : undefined,
          ),
          client: (/** @type {unknown} */ adapter) => new PrismaClient({ adapter }),
          schema,
        }),
        OrmModule.forFeature(models),
      ],
    },
    { logger: ['error', 'warn'] },
  );
  const [books, publishers, authors, customers, orders, employees, profiles] = models.map((model) =>
    app.get(getManagerToken(model), { strict: false }),
  );
  const page = (/** @type {number} */ n) =>
    books
      .filter({ rating: { gte: 3 }, pages: { gt: given.minimum(n) }, name: { contains: 'ook' } })
      .orderBy('-pubdate', 'id')
      .slice(0, 20);
  return {
    byKey: (n) => books.get({ id: given.key(n) }),
    page,
    thousand: (n) =>
      books
        .filter({ id: { gte: given.thousand(n) } })
        .orderBy('id')
        .slice(0, 1000),
    toOne: (n) =>
      books
        .filter({ id: { gte: given.thousand(n) } })
        .orderBy('id')
        .selectRelated('publisher')
        .slice(0, 1000),
    children: (n) =>
      publishers
        .filter({ id: { gte: given.hundred(n) } })
        .orderBy('id')
        .prefetchRelated(Prefetch('books', { queryset: books.orderBy('id') }))
        .slice(0, 100),
    manyToMany: (n) =>
      books
        .filter({ id: { gte: given.hundred(n) } })
        .orderBy('id')
        .prefetchRelated(Prefetch('authors', { queryset: authors.orderBy('id') }))
        .slice(0, 100),
    count: (n) => books.filter({ pages: { gt: given.minimum(n) } }).count(),
    annotate: (n) =>
      customers
        .annotate({ placed: Count('orders'), worth: Sum('orders.totalPrice') })
        .filter({ placed: { gt: given.orders(n) } })
        .orderBy('id'),
    report: () =>
      orders
        .annotate({ month: TruncMonth('placedAt') })
        .values('month', 'status')
        .annotate({ placed: Count('id'), total: Sum('totalPrice') })
        .orderBy('month', 'status'),
    topThree: (n) =>
      publishers
        .filter({ id: { gte: given.hundred(n) } })
        .orderBy('id')
        .prefetchRelated(Prefetch('books', { queryset: books.orderBy('-price', 'id').slice(0, 3) }))
        .slice(0, 100),
    bulkInsert: (n) => employees.bulkCreate(given.employees(n)),
    bulkUpdate: (n) => profiles.bulkUpdate(given.profiles(n), ['points']),
    updateByColumn: () =>
      profiles.filter({ customerId: { lte: 100 } }).update({ points: F('points').add(1) }),
    compile: (n) => page(n).toSQL(),
    close: () => app.close(),
  };
}
