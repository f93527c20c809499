import { setImmediate as tick } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignalDispatcher } from '@nest-quintet/signals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { describeWith } from '../../../../test/support/servers.js';
import { PrismaDatabase } from '../database/prisma-database.js';
import { applyMigrations } from '../migrations/index.js';
import { migrations } from './bookshop.spec-support.js';
import { postBulkWrite, postSave, type PostSave, preSave } from './model-signals.js';
import { modelSignals } from './with-model-signals.js';
import { withSignals } from './write-options.js';

describeWith('postgres', 'Model signals on PostgreSQL', (servers) => {
  const dispatcher = new SignalDispatcher();
  let database: PrismaDatabase;
  let prisma: PrismaClient;
  let admin: pg.Client;

  beforeAll(async () => {
    const connectionString = await servers.postgres.createDatabase();
    const adapter = new PrismaPg({ connectionString, max: 20 });
    await applyMigrations({ adapter, directory: migrations });
    database = new PrismaDatabase('default', {
      adapter,
      client: (wrapped) => new PrismaClient({ adapter: wrapped }),
      schema,
      extensions: [modelSignals(dispatcher)],
      report: () => {},
    });
    dispatcher.useTransactions(database);
    await database.connect();
    prisma = database.client as unknown as PrismaClient;
    admin = new pg.Client({ connectionString });
    await admin.connect();
  }, 120_000);
  afterAll(async () => {
    await database.disconnect();
    await admin.end();
  });
  afterEach(() => dispatcher.disconnectAll());

  it('write nothing when a receiver throws in the middle of a nested write', async () => {
    let saved = 0;
    dispatcher.connect(preSave, () => {
      if (++saved === 3) throw new Error('enough');
    });
    const order = () => ({ totalPrice: 1, discountedPrice: 1, placedAt: new Date() });
    await expect(
      prisma.customer.create({ data: { name: 'nobody', orders: { create: [order(), order(), order()] } } }),
    ).rejects.toThrow('enough');
    expect(saved).toBe(3);
    expect(await prisma.customer.count({ where: { name: 'nobody' } })).toBe(0);
    expect(await prisma.order.count()).toBe(0);
  });

  it("call no on: 'commit' receiver when the connection dies between the write and the commit", async () => {
    const committed: string[] = [];
    dispatcher.connect(postSave, ({ instance }) => void committed.push((instance as { name: string }).name), {
      on: 'commit',
    });
    const doomed = database.atomic(async () => {
      await prisma.author.create({ data: { name: 'doomed', age: 1 } });
      const { rows } = await database.query('SELECT pg_backend_pid()', []);
      await admin.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]![0]]);
    });
    await expect(doomed).rejects.toThrow(/./);
    await tick();
    expect(committed).toEqual([]);
    expect(await prisma.author.count({ where: { name: 'doomed' } })).toBe(0);
  });

  it('let every one of many upserts of the same row end well, and create it once', async () => {
    const created: boolean[] = [];
    dispatcher.connect(postSave, (event) => void created.push((event as PostSave<'Author'>).created), {
      sender: 'Author',
      on: 'commit',
    });
    const where = { email: 'same@example.com' };
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, age) =>
        prisma.author.upsert({ where, create: { ...where, name: 'same', age }, update: { age } }),
      ),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(created.filter(Boolean)).toHaveLength(1);
    expect(created).toHaveLength(16);
  });

  describe('of rows that change along with a key', () => {
    const bookOf = (publisherId: number, n: number) => ({
      isbn: `along ${publisherId} ${n}`,
      name: `along ${n}`,
      pages: 1,
      rating: 1,
      price: 1,
      pubdate: new Date('2024-01-01'),
      publisherId,
    });
    let oldKey: number;
    let newKey: number;
    beforeEach(async () => {
      ({ id: oldKey } = await prisma.publisher.create({ data: { name: 'moving', numAwards: 0 } }));
      newKey = oldKey + 100_000;
      await prisma.book.createMany({ data: [bookOf(oldKey, 1), bookOf(oldKey, 2)] });
    });
    const move = () => prisma.publisher.update({ where: { id: oldKey }, data: { id: newKey } });
    const booksOf = (publisherId: number) => prisma.book.count({ where: { publisherId } });

    it('tell of each, as it was and as the database has made it', async () => {
      const heard: unknown[] = [];
      dispatcher.connect(
        postSave,
        async (event) => {
          const { instance, previous, created, updateFields } = event as PostSave<'Book'>;
          const stored = await prisma.book.findUnique({ where: { id: instance.id } });
          heard.push([(await previous())?.publisherId, instance.publisherId, stored?.publisherId]);
          heard.push([created, updateFields]);
        },
        { sender: 'Book' },
      );
      await withSignals({ bulkSignals: 'each' }, move);
      const one = [
        [oldKey, newKey, newKey],
        [false, ['publisherId']],
      ];
      expect(heard).toEqual([...one, ...one]);
      expect(await booksOf(newKey)).toBe(2);
    });

    it('tell of all of them at once where those of each are not wanted', async () => {
      const heard: unknown[] = [];
      dispatcher.connect(postBulkWrite, (event) => {
        const { sender, operation, data, count } = event as unknown as Record<string, unknown>;
        heard.push([sender, operation, data, count]);
      });
      await move();
      expect(heard).toEqual([['Book', 'cascade', { publisherId: newKey }, 2]]);
    });

    it('take the change back when a receiver of one of them throws', async () => {
      dispatcher.connect(
        postSave,
        () => {
          throw new Error('they stay');
        },
        { sender: 'Book' },
      );
      await expect(withSignals({ bulkSignals: 'each' }, move)).rejects.toThrow('they stay');
      expect(await booksOf(oldKey)).toBe(2);
      expect(await prisma.publisher.count({ where: { id: newKey } })).toBe(0);
    });
  });

  it('call the hooks of exactly the transactions that committed, each once, out of 200 at a time', async () => {
    const committed: string[] = [];
    dispatcher.connect(
      postSave,
      (event) => void committed.push((event as PostSave<'Author'>).instance.name),
      { sender: 'Author', on: 'commit' },
    );
    const names = Array.from({ length: 200 }, (_, n) => `author ${n}`);
    const isKept = (name: string) => Number(name.split(' ')[1]) % 2 === 0;
    await Promise.all(
      names.map((name) =>
        database
          .atomic(async () => {
            await prisma.author.create({ data: { name, age: 1 } });
            if (!isKept(name)) throw new Error('rolled back');
          })
          .catch(() => {}),
      ),
    );
    expect(committed.sort()).toEqual(names.filter(isKept).sort());
    const stored = await prisma.author.findMany({ where: { name: { startsWith: 'author ' } } });
    expect(stored.map(({ name }) => name).sort()).toEqual(names.filter(isKept).sort());
  });
});
