import { given } from './data.js';
import { builtOfApp, ofApp } from './peers.js';

/**
 * Prisma as its users write it, without raw SQL: what it has no words for is computed in JavaScript.
 *
 * @param {string} url
 * @param {{ isPrepared: boolean }} options
 * @returns {Promise<import('./contender.js').Operations>}
 */
export async function open(url, { isPrepared }) {
  const { PrismaPg } = await ofApp('@prisma/adapter-pg');
  const { PrismaClient, Prisma } = await builtOfApp('generated/prisma/client.js');
  const { preparedStatements } = await ofApp('@nest-quintet/orm');
  const adapter = new PrismaPg(
    { connectionString: url },
    isPrepared ? { statementNameGenerator: preparedStatements() } : undefined,
  );
  const prisma = new PrismaClient({ adapter });
  await prisma.$connect();
  return {
    byKey: (n) => prisma.book.findUnique({ where: { id: given.key(n) } }),
    page: (n) =>
      prisma.book.findMany({
        where: { rating: { gte: 3 }, pages: { gt: given.minimum(n) }, name: { contains: 'ook' } },
        orderBy: [{ pubdate: 'desc' }, { id: 'asc' }],
        take: 20,
      }),
    thousand: (n) =>
      prisma.book.findMany({
        where: { id: { gte: given.thousand(n) } },
        orderBy: { id: 'asc' },
        take: 1000,
      }),
    toOne: (n) =>
      prisma.book.findMany({
        where: { id: { gte: given.thousand(n) } },
        orderBy: { id: 'asc' },
        take: 1000,
        include: { publisher: true },
      }),
    children: (n) =>
      prisma.publisher.findMany({
        where: { id: { gte: given.hundred(n) } },
        orderBy: { id: 'asc' },
        take: 100,
        include: { books: { orderBy: { id: 'asc' } } },
      }),
    manyToMany: (n) =>
      prisma.book.findMany({
        where: { id: { gte: given.hundred(n) } },
        orderBy: { id: 'asc' },
        take: 100,
        include: { authors: { orderBy: { id: 'asc' } } },
      }),
    count: (n) => prisma.book.count({ where: { pages: { gt: given.minimum(n) } } }),
    async annotate(n) {
      const groups = await prisma.order.groupBy({
        by: ['customerId'],
        _count: { id: true },
        _sum: { totalPrice: true },
        having: { id: { _count: { gt: given.orders(n) } } },
      });
      const customers = await prisma.customer.findMany({
        where: { id: { in: groups.map((/** @type {any} */ group) => group.customerId) } },
        orderBy: { id: 'asc' },
      });
      const byCustomer = new Map(groups.map((/** @type {any} */ group) => [group.customerId, group]));
      return customers.map((/** @type {any} */ customer) => {
        const { _count, _sum } = byCustomer.get(customer.id);
        return { ...customer, placed: _count.id, worth: _sum.totalPrice };
      });
    },
    async report() {
      const orders = await prisma.order.findMany({
        select: { placedAt: true, status: true, totalPrice: true },
      });
      /** @type {Map<string, any>} */
      const groups = new Map();
      for (const { placedAt, status, totalPrice } of orders) {
        const month = Date.UTC(placedAt.getUTCFullYear(), placedAt.getUTCMonth());
        const key = `${month} ${status}`;
        const group = groups.get(key);
        if (group) {
          group.placed++;
          group.total = Prisma.Decimal.add(group.total, totalPrice);
        } else groups.set(key, { month: new Date(month), status, placed: 1, total: totalPrice });
      }
      return [...groups.values()].sort((a, b) => a.month - b.month || (a.status < b.status ? -1 : 1));
    },
    topThree: (n) =>
      prisma.publisher.findMany({
        where: { id: { gte: given.hundred(n) } },
        orderBy: { id: 'asc' },
        take: 100,
        include: { books: { orderBy: [{ price: 'desc' }, { id: 'asc' }], take: 3 } },
      }),
    bulkInsert: (n) => prisma.employee.createManyAndReturn({ data: given.employees(n) }),
    async bulkUpdate(n) {
      const updates = given
        .profiles(n)
        .map(({ id, points }) => prisma.customerProfile.update({ where: { id }, data: { points } }));
      return (await prisma.$transaction(updates)).length;
    },
    async updateByColumn() {
      const { count } = await prisma.customerProfile.updateMany({
        where: { customerId: { lte: 100 } },
        data: { points: { increment: 1 } },
      });
      return count;
    },
    close: () => prisma.$disconnect(),
  };
}
