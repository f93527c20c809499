import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bookshop, openBookshop, record } from './bookshop.spec-support.js';
import { postSave, preDelete, preSave, type PostSave } from './model-signals.js';
import { withSignals } from './write-options.js';

let shop: Bookshop;
let log: string[];

beforeAll(async () => {
  shop = await openBookshop();
}, 60_000);
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await shop.pglite.exec(
    'TRUNCATE shop_publisher, shop_author, shop_store, shop_customer, shop_employee RESTART IDENTITY CASCADE; TRUNCATE shop_book, shop_order, shop_orderitem, shop_customerprofile RESTART IDENTITY CASCADE',
  );
  await shop.prisma.publisher.create({ data: { name: 'P1', numAwards: 1 } });
  await shop.prisma.author.createMany({ data: [1, 2, 3].map((n) => ({ name: `A${n}`, age: 30 + n })) });
  await shop.prisma.book.create({
    data: book(1, { publisherId: 1, contactId: 1, authors: { connect: [{ id: 1 }] } }),
  });
  log = record(shop.dispatcher);
});
afterEach(() => shop.dispatcher.disconnectAll());

function book(n: number, more: object) {
  const fields = {
    isbn: `isbn${n}`,
    name: `B${n}`,
    pages: 100,
    rating: 4.5,
    price: '10.00',
    pubdate: new Date('2024-01-01'),
  };
  return { ...fields, ...more } as never;
}

describe('create()', () => {
  it('sends preSave and postSave around the insertion', async () => {
    const author = await shop.prisma.author.create({ data: { name: 'N', age: 1 } });
    expect(author).toEqual({ id: 4, name: 'N', age: 1, email: null });
    expect(log).toEqual(['preSave Author#? created', 'postSave Author#4 created']);
  });

  it('writes what a preSave receiver changes', async () => {
    shop.dispatcher.connect(preSave, ({ instance }) => {
      (instance as { name: string }).name = 'CHANGED';
    });
    await shop.prisma.author.create({ data: { name: 'N', age: 1 } });
    expect(await shop.prisma.author.count({ where: { name: 'CHANGED' } })).toBe(1);
  });

  it('is prevented by a preSave receiver that throws, of a nested row too', async () => {
    shop.dispatcher.connect(
      preSave,
      () => {
        throw new Error('no books');
      },
      { sender: 'Book' },
    );
    await expect(
      shop.prisma.publisher.create({ data: { name: 'P', numAwards: 0, books: { create: book(2, {}) } } }),
    ).rejects.toThrow('no books');
    expect(await shop.prisma.publisher.count()).toBe(1);
  });

  it('sends the signals of nested rows at any depth, each after what it refers to', async () => {
    const created = await shop.prisma.publisher.create({
      data: {
        name: 'P2',
        numAwards: 0,
        books: {
          create: [
            book(2, {
              contact: { create: { name: 'C', age: 1 } },
              authors: { create: { name: 'D', age: 2 } },
            }),
          ],
        },
      },
      select: { id: true, books: { select: { name: true, authors: { select: { name: true } } } } },
    });
    expect(created).toEqual({ id: 2, books: [{ name: 'B2', authors: [{ name: 'D' }] }] });
    expect(log.filter((line) => !line.startsWith('pre'))).toEqual([
      'postSave Publisher#2 created',
      'postSave Author#4 created',
      'postSave Book#2 created',
      'postSave Author#5 created',
      'postAdd BookAuthors reverse #2 [5]',
    ]);
  });
});

describe('update()', () => {
  it('tells the written fields and the row as it was', async () => {
    let event: PostSave<'Author'> | undefined;
    shop.dispatcher.connect(postSave, (sent) => {
      event = sent as PostSave<'Author'>;
    });
    await shop.prisma.author.update({ where: { id: 1 }, data: { age: { increment: 1 } } });
    expect(event).toMatchObject({
      created: false,
      updateFields: ['age'],
      instance: { age: 32 },
      using: 'default',
      raw: false,
    });
    expect(await event?.previous()).toMatchObject({ age: 31 });
  });

  it('sends nothing when it writes nothing', async () => {
    await shop.prisma.author.update({ where: { id: 1 }, data: {} });
    expect(log).toEqual([]);
  });
});

describe('A change of a key', () => {
  it('tells of the rows that change along with it as of a bulk write', async () => {
    await shop.prisma.publisher.update({ where: { id: 1 }, data: { id: 50 } });
    expect(log).toEqual(['preSave Publisher#50 id', 'cascade Book 1', 'postSave Publisher#50 id']);
    expect(await shop.prisma.book.count({ where: { publisherId: 50 } })).toBe(1);
  });

  it("sends the signals of each with bulkSignals: 'each'", async () => {
    shop.dispatcher.disconnectAll();
    const heard: unknown[] = [];
    shop.dispatcher.connect(
      postSave,
      ({ instance, updateFields, previous }: any) =>
        previous().then((before: any) =>
          heard.push([before.publisherId, instance.publisherId, updateFields]),
        ),
      { sender: 'Book' },
    );
    await withSignals({ bulkSignals: 'each' }, () =>
      shop.prisma.publisher.updateMany({ data: { id: { increment: 70 } } }),
    );
    expect(heard).toEqual([[1, 71, ['publisherId']]]);
  });
});

describe('delete()', () => {
  it('sends the signals of cascades, who refers first', async () => {
    await shop.prisma.book.create({ data: book(2, { publisherId: 1 }) });
    log.length = 0;
    await shop.prisma.publisher.delete({ where: { id: 1 } });
    expect(log).toEqual([
      'preDelete Book#1',
      'preDelete Book#2',
      'preDelete Publisher#1',
      'postDelete Book#2',
      'postDelete Book#1',
      'postDelete Publisher#1',
    ]);
  });

  it('is prevented by a preDelete receiver of a cascaded row', async () => {
    shop.dispatcher.connect(
      preDelete,
      () => {
        throw new Error('keep it');
      },
      { sender: 'Book' },
    );
    await expect(shop.prisma.publisher.delete({ where: { id: 1 } })).rejects.toThrow('keep it');
    expect(await shop.prisma.publisher.count()).toBe(1);
  });

  it('tells of keys that the database clears as of a bulk write', async () => {
    await shop.prisma.author.delete({ where: { id: 1 } });
    expect(log).toEqual(['preDelete Author#1', 'setNull Book 1', 'postDelete Author#1']);
  });
});

describe('Operations on many rows', () => {
  it('tell of themselves once', async () => {
    await shop.prisma.author.createMany({
      data: [
        { name: 'x', age: 1 },
        { name: 'y', age: 2 },
      ],
    });
    await shop.prisma.author.updateMany({ data: { age: 9 } });
    expect(log).toEqual(['createMany Author 2', 'updateMany Author 5']);
  });

  it("send the signals of each row with bulkSignals: 'each'", async () => {
    await withSignals({ bulkSignals: 'each' }, () => shop.prisma.author.updateMany({ data: { age: 9 } }));
    expect(log.filter((line) => line.startsWith('post'))).toEqual([
      'postSave Author#1 age',
      'postSave Author#2 age',
      'postSave Author#3 age',
    ]);
  });

  it('delete with the signals of each row', async () => {
    await shop.prisma.author.deleteMany({ where: { id: { gt: 1 } } });
    expect(log).toEqual([
      'preDelete Author#2',
      'preDelete Author#3',
      'postDelete Author#3',
      'postDelete Author#2',
      'deleteMany Author 2',
    ]);
  });

  it('tell of raw SQL by the tables that it writes', async () => {
    await shop.prisma.$executeRaw`UPDATE shop_author SET age = age + 1`;
    await shop.prisma.$queryRaw`SELECT * FROM shop_author`;
    expect(log).toEqual(['executeRaw Author 3']);
  });
});

describe('$transaction([…])', () => {
  it('tells of the call that Prisma refuses, not of one that fails before it', async () => {
    const missing = () => shop.prisma.author.update({ where: { id: 99 }, data: { age: 1 } });
    const refused = () => shop.prisma.author.create({ data: { age: 'old' } as never });
    const fine = () => shop.prisma.author.create({ data: { name: 'N', age: 1 } });
    await expect(shop.prisma.$transaction([missing(), refused()])).rejects.toMatchObject({
      name: 'PrismaClientValidationError',
    });
    await expect(shop.prisma.$transaction([missing(), fine()])).rejects.toMatchObject({ code: 'P2025' });
    expect(log).toEqual([]);
    expect(await shop.prisma.author.count()).toBe(3);
  });
});
