import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contextKey, RequestContext, requestContext } from '@nest-quintet/core';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { PrismaClient } from '../../../../apps/bookshop/src/generated/prisma/client.js';
import {
  onCommit,
  PrismaDatabase,
  TransactionManagementError,
  type CommitEvent,
  type ReportError,
  type StatementEvent,
} from '../index.js';

describe('transactions on PGlite', () => {
  transactionSuite(() => createTestDatabase());
});

describeWith('postgres', 'transactions on PostgreSQL', (servers) => {
  transactionSuite(() => createTestDatabase({ server: servers.postgres }));

  describe('many at once', () => {
    let shop: TestDatabase;
    beforeAll(async () => (shop = await createTestDatabase({ server: servers.postgres })));
    afterAll(() => shop.close());

    it('never share anything, and run exactly the callbacks of those that commit', async () => {
      const committed: number[] = [];
      const ids = Array.from({ length: 200 }, (_, id) => id);
      const outcomes = await Promise.allSettled(
        ids.map((id) =>
          shop.database.atomic(async () => {
            onCommit(() => committed.push(id));
            await shop.prisma.publisher.create({ data: { name: `many ${id}`, numAwards: id } });
            await turn();
            const { rows } = await shop.database.query(
              'SELECT count(*)::int FROM shop_publisher WHERE name = $1',
              [`many ${id}`],
            );
            expect(rows).toEqual([[1]]);
            if (id % 2 === 1) throw new Error('odd');
          }),
        ),
      );
      const even = ids.filter((id) => id % 2 === 0);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(even.length);
      expect(committed.toSorted((a, b) => a - b)).toEqual(even);
      const rows = await shop.prisma.publisher.findMany({ where: { name: { startsWith: 'many' } } });
      expect(rows.map(({ numAwards }) => numAwards).toSorted((a, b) => a - b)).toEqual(even);
    });

    it('runs no callback when the connection is cut before the commit', async () => {
      const ran: string[] = [];
      const other = new pg.Client({ connectionString: shop.url });
      await other.connect();
      const attempt = shop.database.atomic(async () => {
        onCommit(() => ran.push('callback'));
        await shop.prisma.store.deleteMany();
        const { rows } = await shop.database.query('SELECT pg_backend_pid()', []);
        await other.query('SELECT pg_terminate_backend($1)', [rows[0]![0]]);
      });
      await expect(attempt).rejects.toThrow(/connection/i);
      expect(ran).toEqual([]);
      const { rows } = await other.query('SELECT count(*)::int FROM shop_store');
      await other.end();
      expect(rows).toEqual([{ count: 5 }]);
    });

    it('keeps the isolation that was asked for', async () => {
      const level = async () => (await shop.database.query('SHOW transaction_isolation', [])).rows[0]![0];
      expect(await shop.database.atomic(level)).toBe('read committed');
      expect(await shop.database.atomic(level, { isolationLevel: 'SERIALIZABLE' })).toBe('serializable');
      expect(await shop.prisma.$transaction(level, { isolationLevel: 'RepeatableRead' })).toBe(
        'repeatable read',
      );
    });
  });
});

/** What holds on every engine. */
function transactionSuite(open: () => Promise<TestDatabase>): void {
  let shop: TestDatabase;
  let rollBack: () => Promise<void>;
  beforeAll(async () => (shop = await open()), 60_000);
  afterAll(() => shop.close());

  // What a test leaves behind is taken away by hand: a transaction around it would change what is tested.
  beforeEach(() => {
    rollBack = async () => void (await shop.prisma.publisher.deleteMany({ where: { id: { gt: 7 } } }));
  });
  afterEach(() => rollBack());

  const add = (name: string) => shop.prisma.publisher.create({ data: { name, numAwards: 0 } });
  const names = async () =>
    (await shop.prisma.publisher.findMany({ where: { id: { gt: 7 } }, orderBy: { id: 'asc' } })).map(
      ({ name }) => name,
    );
  const failing = async () => {
    throw new Error('changed my mind');
  };

  describe('Database.atomic()', () => {
    it('returns what its function returns, and commits', async () => {
      expect(await shop.database.atomic(async () => (await add('kept')).name)).toBe('kept');
      expect(await names()).toEqual(['kept']);
    });

    it('rolls back and passes the error on', async () => {
      const attempt = shop.database.atomic(async () => {
        await add('lost');
        await failing();
      });
      await expect(attempt).rejects.toThrow('changed my mind');
      expect(await names()).toEqual([]);
    });

    it('lets Prisma, raw SQL and statements of the database see each other', async () => {
      await shop.database.atomic(async () => {
        await add('Prisma');
        await shop.database.execute(
          `INSERT INTO shop_publisher (name, num_awards) VALUES ('database', 0)`,
          [],
        );
        await shop.prisma.$executeRaw`INSERT INTO shop_publisher (name, num_awards) VALUES ('raw', 0)`;
        expect(await names()).toEqual(['Prisma', 'database', 'raw']);
        const { rows } = await shop.database.query(
          'SELECT name FROM shop_publisher WHERE id > 7 ORDER BY id',
          [],
        );
        expect(rows.flat()).toEqual(['Prisma', 'database', 'raw']);
        expect(
          await shop.prisma.$queryRaw`SELECT count(*)::int AS n FROM shop_publisher WHERE id > 7`,
        ).toEqual([{ n: 3 }]);
        shop.database.setRollback();
      });
      expect(await names()).toEqual([]);
    });

    it('takes an inner block back by itself', async () => {
      await shop.database.atomic(async () => {
        await add('outer');
        await expect(
          shop.database.atomic(async () => {
            await add('inner');
            await failing();
          }),
        ).rejects.toThrow('changed my mind');
        await shop.database.atomic(() => add('another'));
      });
      expect(await names()).toEqual(['outer', 'another']);
    });

    it('survives a statement that fails in an inner block', async () => {
      await shop.database.atomic(async () => {
        await add('before');
        await expect(
          shop.database.atomic(() =>
            shop.prisma.author.create({ data: { name: 'Ada', age: 1, email: 'ada@mail.example' } }),
          ),
        ).rejects.toMatchObject({ code: 'P2002' });
        await add('after');
      });
      expect(await names()).toEqual(['before', 'after']);
    });

    it('tells when a failed statement was swallowed, where the database would silently roll back', async () => {
      const ran: string[] = [];
      const attempt = shop.database.atomic(async () => {
        shop.database.onCommit(() => ran.push('callback'));
        await add('lost');
        await shop.prisma.$executeRawUnsafe('no such statement').catch(() => undefined);
      });
      await expect(attempt).rejects.toThrow(TransactionManagementError);
      expect(ran).toEqual([]);
      expect(await names()).toEqual([]);
    });

    it('without a savepoint spoils the block around it', async () => {
      const attempt = shop.database.atomic(async () => {
        await add('outer');
        await shop.database.atomic(failing, { savepoint: false }).catch(() => undefined);
        await expect(names()).rejects.toThrow(TransactionManagementError);
      });
      await expect(attempt).rejects.toThrow(/An inner atomic\(\) without a savepoint failed/);
      expect(await names()).toEqual([]);
    });

    it('that is durable refuses to be an inner one', async () => {
      await shop.database.atomic(() => add('durable'), { durable: true });
      await expect(
        shop.database.atomic(() => shop.database.atomic(failing, { durable: true })),
      ).rejects.toThrow(TransactionManagementError);
      expect(await names()).toEqual(['durable']);
    });

    it('chooses the isolation level only once', async () => {
      const inner = () => shop.database.atomic(failing, { isolationLevel: 'SERIALIZABLE' });
      await expect(shop.database.atomic(inner)).rejects.toThrow(/Only the outermost atomic\(\)/);
    });

    it('fails when the database refuses the commit', async () => {
      await shop.database.execute('CREATE TABLE checked (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)', []);
      const ran: string[] = [];
      const attempt = shop.database.atomic(async () => {
        onCommit(() => ran.push('callback'));
        await shop.database.execute('INSERT INTO checked VALUES (1), (1)', []);
      });
      await expect(attempt).rejects.toThrow(/UniqueConstraintViolation/);
      expect(ran).toEqual([]);
      const { rows } = await shop.database.query('SELECT count(*)::int FROM checked', []);
      await shop.database.execute('DROP TABLE checked', []);
      expect(rows).toEqual([[0]]);
    });

    it('rolls back without an error when told to', async () => {
      const result = await shop.database.atomic(async () => {
        await add('outer');
        await shop.database.atomic(async () => {
          await add('inner');
          shop.database.setRollback();
        });
        return names();
      });
      expect(result).toEqual(['outer']);
      expect(() => shop.database.setRollback()).toThrow(TransactionManagementError);
    });

    it('runs parallel inner blocks one after another, and keeps the writes around them out of them', async () => {
      await shop.database.atomic(async () => {
        const results = await Promise.allSettled([
          add('first'),
          shop.database.atomic(async () => {
            await add('inner 1');
            await turn();
            await failing();
          }),
          add('between'),
          shop.database.atomic(() => add('inner 2')),
          shop.database.execute(`INSERT INTO shop_publisher (name, num_awards) VALUES ('last', 0)`, []),
        ]);
        expect(results.map(({ status }) => status)).toEqual([
          'fulfilled',
          'rejected',
          'fulfilled',
          'fulfilled',
          'fulfilled',
        ]);
      });
      expect((await names()).toSorted()).toEqual(['between', 'first', 'inner 2', 'last']);
    });

    it('runs parallel calls of Prisma, each with its own answer', async () => {
      await shop.database.atomic(async () => {
        const [book, author, count, raw, made, missing] = await Promise.allSettled([
          shop.prisma.book.findUnique({ where: { id: 1 } }),
          shop.prisma.author.findUnique({ where: { id: 2 } }),
          shop.prisma.store.count(),
          shop.prisma.$queryRaw`SELECT 1 AS one`,
          add('parallel'),
          shop.prisma.book.findUniqueOrThrow({ where: { id: 4711 } }),
        ]);
        expect(book).toMatchObject({ value: { id: 1 } });
        expect(author).toMatchObject({ value: { id: 2 } });
        expect(count).toMatchObject({ value: 5 });
        expect(raw).toMatchObject({ value: [{ one: 1 }] });
        expect(made).toMatchObject({ value: { name: 'parallel' } });
        expect(missing).toMatchObject({ reason: { code: 'P2025' } });
      });
    });

    it('merges the findUnique calls of one tick into one statement, as Prisma does', async () => {
      const seen: string[] = [];
      using _ = shop.database.observe({ statement: ({ sql }) => void seen.push(sql) });
      await shop.database.atomic(() =>
        Promise.all([1, 2, 3].map((id) => shop.prisma.book.findUnique({ where: { id } }))),
      );
      expect(seen).toHaveLength(1);
    });

    it('waits for what was started and not awaited', async () => {
      await shop.database.atomic(async () => {
        void shop.database.execute(
          `INSERT INTO shop_publisher (name, num_awards) VALUES ('unawaited', 0)`,
          [],
        );
      });
      expect(await names()).toEqual(['unawaited']);
    });

    it('refuses what a rolled back block still tries to write', async () => {
      let late: Promise<unknown> = Promise.resolve();
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      const attempt = shop.database.atomic(async () => {
        late = gate.then(() => add('late'));
        await failing();
      });
      await expect(attempt).rejects.toThrow('changed my mind');
      open();
      await expect(late).rejects.toThrow(/has been rolled back already/);
      expect(await names()).toEqual([]);
    });

    it('is over for what outlives its commit', async () => {
      let late: Promise<unknown> = Promise.resolve();
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      await shop.database.atomic(async () => {
        late = gate.then(async () => {
          expect(shop.database.inAtomicBlock()).toBe(false);
          await add('late');
        });
      });
      open();
      await late;
      expect(await names()).toEqual(['late']);
    });
  });

  describe('Database.onCommit()', () => {
    it('runs at once outside of a transaction', () => {
      const ran: string[] = [];
      shop.database.onCommit(() => ran.push('database'));
      onCommit(() => ran.push('function'));
      expect(ran).toEqual(['database', 'function']);
    });

    it('runs after the outermost commit, in order, outside of the transaction', async () => {
      const ran: string[] = [];
      await shop.database.atomic(async () => {
        onCommit(async () => ran.push(`1 ${shop.database.inAtomicBlock()} ${(await names()).join()}`));
        await shop.database.atomic(async () => {
          onCommit(() => ran.push('2'));
          await add('kept');
        });
        onCommit(() => ran.push('3'));
        expect(ran).toEqual([]);
      });
      expect(ran).toEqual(['1 false kept', '2', '3']);
    });

    it('forgets the callbacks of blocks that roll back', async () => {
      const ran: string[] = [];
      await shop.database.atomic(async () => {
        await shop.database
          .atomic(async () => {
            onCommit(() => ran.push('inner'));
            await shop.database.atomic(async () => onCommit(() => ran.push('innermost')));
            await failing();
          })
          .catch(() => onCommit(() => ran.push('outer')));
      });
      await shop.database
        .atomic(async () => {
          onCommit(() => ran.push('never'));
          await failing();
        })
        .catch(() => undefined);
      expect(ran).toEqual(['outer']);
    });

    it('passes a failure on, and isolates a robust one', async () => {
      const reported: string[] = [];
      const report: ReportError = (error, during) => reported.push(`${during}: ${(error as Error).message}`);
      const other = new PrismaDatabase('other', {
        adapter: shop.adapter,
        client: (adapter) => new PrismaClient({ adapter }),
        schema: shop.schema,
        report,
      });
      const ran: string[] = [];
      await other.atomic(async () => {
        other.onCommit(failing, { robust: true });
        other.onCommit(() => ran.push('next'));
      });
      expect(reported).toEqual(['running an onCommit() callback: changed my mind']);
      const attempt = other.atomic(async () => {
        other.onCommit(failing);
        other.onCommit(() => ran.push('never'));
      });
      await expect(attempt).rejects.toThrow('changed my mind');
      expect(ran).toEqual(['next']);
      await other.disconnect();
    });
  });

  describe('prisma.$transaction()', () => {
    it('is a block: everything joins it, and onCommit() waits for it', async () => {
      const ran: string[] = [];
      await shop.prisma.$transaction(async (tx) => {
        onCommit(() => ran.push('callback'));
        await tx.publisher.create({ data: { name: 'of tx', numAwards: 0 } });
        await add('of the plain client');
        expect(shop.database.inAtomicBlock()).toBe(true);
        expect(ran).toEqual([]);
        expect(await tx.publisher.count({ where: { id: { gt: 7 } } })).toBe(2);
      });
      expect(ran).toEqual(['callback']);
      const attempt = shop.prisma.$transaction(async () => {
        await add('lost');
        await failing();
      });
      await expect(attempt).rejects.toThrow('changed my mind');
      expect(await names()).toEqual(['of tx', 'of the plain client']);
    });

    it('inside of another one is a savepoint', async () => {
      await shop.prisma.$transaction(async (tx) => {
        await add('outer');
        await tx
          .$transaction(async (inner) => {
            await inner.publisher.create({ data: { name: 'inner', numAwards: 0 } });
            await failing();
          })
          .catch(() => undefined);
        await shop.prisma.$transaction(() => add('other inner'));
      });
      expect(await names()).toEqual(['outer', 'other inner']);
    });

    it('takes a list of calls, all or nothing', async () => {
      const [made, count] = await shop.prisma.$transaction([add('listed'), shop.prisma.store.count()]);
      expect([made.name, count]).toEqual(['listed', 5]);
      const attempt = shop.prisma.$transaction([
        add('lost'),
        shop.prisma.book.update({ where: { id: 4711 }, data: { pages: 1 } }),
      ]);
      await expect(attempt).rejects.toMatchObject({ code: 'P2025' });
      await shop.database.atomic(async () => {
        await shop.prisma.$transaction([add('in a block')]);
        await shop.prisma
          .$transaction([add('lost'), shop.prisma.store.delete({ where: { id: 4711 } })])
          .catch(() => undefined);
      });
      expect(await names()).toEqual(['listed', 'in a block']);
    });

    it('refuses calls that have started already', async () => {
      const started = (async () => names())() as never;
      await expect(shop.prisma.$transaction([started])).rejects.toThrow(/leave out `await`/);
    });
  });

  describe('Database.observe()', () => {
    it('hears every statement, and of every commit what it wrote', async () => {
      const statements: StatementEvent[] = [];
      const commits: CommitEvent[] = [];
      using _ = shop.database.observe({
        statement: (event) => statements.push(event) && undefined,
        committed: (event) => void commits.push(event),
      });
      await add('by itself');
      await shop.database.atomic(async () => {
        await shop.prisma.order.update({ where: { id: 1 }, data: { status: 'paid' } });
        await shop.database.query('SELECT 1 FROM shop_book', []);
      });
      await shop.database.query('SELECT nothing', []).catch(() => undefined);
      const brief = statements.map(({ transaction, error, reads, writes }) => [
        transaction === undefined ? 'alone' : 'inside',
        [...reads, '/', ...writes].join(' '),
        error === undefined ? 'ok' : 'failed',
      ]);
      expect(brief.filter(([, , result]) => result === 'failed')).toEqual([['alone', '/', 'failed']]);
      expect(brief).toContainEqual(['alone', 'shop_publisher / shop_publisher', 'ok']);
      expect(brief).toContainEqual(['inside', 'shop_book /', 'ok']);
      expect(commits.map(({ writes }) => [...writes])).toEqual([['shop_publisher'], ['shop_order']]);
    });

    it('hears nothing of a commit that does not happen', async () => {
      const commits: CommitEvent[] = [];
      using _ = shop.database.observe({ committed: (event) => void commits.push(event) });
      await shop.database
        .atomic(async () => {
          await add('lost');
          await failing();
        })
        .catch(() => undefined);
      await shop.database.execute('UPDATE shop_book SET publisher_id = 4711', []).catch(() => undefined);
      expect(commits).toEqual([]);
    });

    it('is called in the flow of whoever sent the statement, also where Prisma would merge several', async () => {
      const visitor = contextKey<string>('visitor');
      const part = new AsyncLocalStorage<string>();
      const heard: string[] = [];
      using _ = shop.database.observe({
        statement: ({ parameters }) =>
          void heard.push(`${requestContext.get(visitor)} ${part.getStore()} ${String(parameters[0])}`),
        flow: () => part.getStore(),
      });
      const visit = <T>(name: string, work: () => Promise<T>) => {
        const context = new RequestContext();
        context.set(visitor, name);
        return requestContext.run(context, work);
      };
      // A call of Prisma's client starts where it is awaited.
      const find = async (id: number) => void (await shop.prisma.book.findUnique({ where: { id } }));
      await Promise.all([
        visit('ada', () => Promise.all([find(1), find(2), part.run('aside', () => find(3))])),
        visit('bo', () => find(4)),
        find(5),
        visit('cy', () =>
          shop.database.atomic(() => Promise.all([find(6), part.run('aside', () => find(7))])),
        ),
      ]);
      expect(heard.toSorted()).toEqual([
        'ada aside 3',
        'ada undefined 1',
        'bo undefined 4',
        'cy aside 7',
        'cy undefined 6',
        'undefined undefined 5',
      ]);
    });

    it('is told before the caller learns of the commit', async () => {
      const order: string[] = [];
      using _ = shop.database.observe({
        async committed() {
          await turn();
          order.push('observer');
        },
      });
      await shop.database.atomic(async () => {
        onCommit(() => order.push('callback'));
        await add('kept');
      });
      order.push('caller');
      await add('kept too');
      expect(order).toEqual(['observer', 'callback', 'caller', 'observer']);
    });
  });
}
