import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { databaseErrorCode } from '../database/database-error-code.js';
import { F } from '../expressions/index.js';
import { initialState } from '../query/state.js';
import { QuerySet } from '../query-set/query-set.js';

describeWith('postgres', 'atomic({ retries })', (servers) => {
  let shop: TestDatabase;
  beforeAll(async () => void (shop = await createTestDatabase({ server: servers.postgres })));
  afterAll(() => shop.close());

  const publishers = () => new QuerySet<'Publisher'>({ database: shop.database }, initialState('Publisher'));

  /** Lets nobody pass before `count` have come; once open it stays so. */
  function gate(count: number): () => Promise<void> {
    let open!: () => void;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return () => {
      if (--count <= 0) open();
      return opened;
    };
  }

  const ways = {
    'a QuerySet': (id: number) =>
      publishers()
        .filter({ id })
        .update({ numAwards: F('numAwards').add(1) }),
    'the Prisma client': (id: number) =>
      shop.prisma.publisher.update({ where: { id }, data: { numAwards: { increment: 1 } } }),
    'raw SQL': (id: number) =>
      shop.prisma.$executeRaw`UPDATE shop_publisher SET num_awards = num_awards + 1 WHERE id = ${id}`,
  };

  for (const [name, write] of Object.entries(ways)) {
    /** Two transactions, each of which holds the row that the other one wants. */
    async function deadlock(retries?: number) {
      const bothHold = gate(2);
      let runs = 0;
      const cross = (first: number, second: number) =>
        shop.database.atomic(
          async () => {
            runs++;
            await write(first);
            await bothHold();
            await write(second);
          },
          { retries },
        );
      const results = await Promise.allSettled([cross(1, 2), cross(2, 1)]);
      return {
        runs,
        errors: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
      };
    }

    it(`shows the database's code of a deadlock: ${name}`, async () => {
      const { runs, errors } = await deadlock();
      expect([runs, errors.map(databaseErrorCode)]).toEqual([2, ['40P01']]);
    });

    it(`runs a block again that met a deadlock: ${name}`, async () => {
      const before = await publishers().orderBy('id').slice(0, 2).valuesList('numAwards', { flat: true });
      const { runs, errors } = await deadlock(1);
      expect([runs, errors]).toEqual([3, []]);
      expect(await publishers().orderBy('id').slice(0, 2).valuesList('numAwards', { flat: true })).toEqual(
        before.map((awards) => awards + 2),
      );
    });
  }

  it('runs a block again that could not be put in an order with others', async () => {
    const total = async () =>
      (await publishers().valuesList('numAwards', { flat: true })).reduce((sum, n) => sum + n, 0);
    const created = (retries?: number) => {
      const bothRead = gate(2);
      return Promise.allSettled(
        ['a', 'b'].map((name) =>
          shop.database.atomic(
            async () => {
              const numAwards = await total();
              await bothRead();
              return publishers().create({ name, numAwards });
            },
            { isolationLevel: 'SERIALIZABLE', retries },
          ),
        ),
      );
    };
    const failures = (await created()).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    expect(failures.map(databaseErrorCode)).toEqual(['40001']);
    const before = await total();
    const rows = await created(3);
    expect(rows.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    // One of them has seen what the other one wrote.
    expect(await total()).toBe(before * 4);
  });

  it('gives up after so many times, and shows the last failure', async () => {
    let runs = 0;
    const conflict = async () => {
      runs++;
      await shop.database.execute(
        `DO $$ BEGIN RAISE EXCEPTION 'run %', ${runs} USING ERRCODE = '40001'; END $$`,
        [],
      );
    };
    await expect(shop.database.atomic(conflict, { retries: 2 })).rejects.toThrow('run 3 (40001)');
    expect(runs).toBe(3);
  });

  it('runs nothing again that failed for another reason, nor what a callback after the commit threw', async () => {
    let runs = 0;
    await expect(
      shop.database.atomic(
        async () => {
          runs++;
          await shop.database.query('SELECT 1 / 0', []);
        },
        { retries: 5 },
      ),
    ).rejects.toMatchObject({ name: 'DataError', code: '22012' });
    const failing = shop.database.atomic(
      async () => {
        runs++;
        shop.database.onCommit(() => shop.database.execute(`DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$`, []));
      },
      { retries: 5 },
    );
    await expect(failing).rejects.toMatchObject({ code: '40P01' });
    expect(runs).toBe(2);
  });

  it('leaves an inner block to the outermost one, and runs the callbacks of the last run alone', async () => {
    const committed: number[] = [];
    let runs = 0;
    await shop.database.atomic(
      async () => {
        const run = ++runs;
        await shop.database.atomic(
          async () => {
            shop.database.onCommit(() => void committed.push(run));
            if (run < 3) await shop.database.execute(`DO $$ BEGIN RAISE SQLSTATE '40001'; END $$`, []);
          },
          { retries: 9 },
        );
      },
      { retries: 2 },
    );
    expect([runs, committed]).toEqual([3, [3]]);
  });
});
