import { describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '../../../../../test/support/database.js';
import { describeWith } from '../../../../../test/support/servers.js';
import { startTypescript } from '../../../../../test/support/typescript-process.js';
import { memoryCache } from '../../index.js';
import { openCells } from './cells-app.spec-support.js';
import { History } from './history.spec-support.js';
import { interleave, type Interleaving } from './interleave.spec-support.js';

const isLong = process.env['QUINTET_LONG'] === '1';
const seed = Number(process.env['QUINTET_SEED'] ?? 20261121);

/** Every cell begins at zero, so that its value is how often it was written. */
const start = 'UPDATE shop_book SET pages = 0; UPDATE shop_publisher SET num_awards = 0';

function expectCoherence({ history, outcomes }: Interleaving): void {
  if (isLong) process.stdout.write(`seed ${seed}: ${JSON.stringify(outcomes)}\n`);
  expect(history.violations()).toEqual([]);
  expect(outcomes['HIT']).toBeGreaterThan(history.operations.length / 50);
}

describe('The judge of a history', () => {
  const judge = (...operations: History['operations']) => {
    const history = new History();
    history.operations.push(...operations);
    return history.violations();
  };
  const written = { kind: 'write', cell: 'a', value: 1, began: 1, ended: 2 } as const;

  it('finds a read that is older than what was committed before it began', () => {
    expect(judge(written, { kind: 'read', cell: 'a', value: 0, began: 3, ended: 4 })).toEqual([
      'a: read 0 at 3, after 1 was committed',
    ]);
  });

  it('lets a read that began before the end of a write see either', () => {
    expect(
      judge({ ...written, ended: 4 }, { kind: 'read', cell: 'a', value: 0, began: 3, ended: 5 }),
    ).toEqual([]);
    expect(
      judge({ ...written, ended: 4 }, { kind: 'read', cell: 'a', value: 1, began: 3, ended: 5 }),
    ).toEqual([]);
  });

  it('lets a read be outdated for as long as it may, and no longer', () => {
    const [history, read] = [new History(10), { kind: 'read', cell: 'a', value: 0, ended: 20 } as const];
    history.operations.push(written, { ...read, began: 12 });
    expect(history.violations()).toEqual([]);
    history.operations.push({ ...read, began: 13 });
    expect(history.violations()).toHaveLength(1);
  });

  it('finds a read of what nobody has written yet', () => {
    expect(judge({ kind: 'read', cell: 'a', value: 1, began: 1, ended: 2 })).toHaveLength(1);
  });
});

describe('Pages of one process', () => {
  it.each(['express', 'fastify'] as const)(
    'are never older than the last write before the request (%s)',
    async (platform) => {
      const shop = await createTestDatabase();
      for (const statement of start.split('; ')) await shop.prisma.$executeRawUnsafe(statement);
      const app = await openCells({ adapter: shop.adapter, cache: memoryCache(), platform });
      try {
        expectCoherence(await interleave([await app.getUrl()], { count: isLong ? 20_000 : 300, seed }));
      } finally {
        await app.close();
        await shop.close();
      }
    },
    isLong ? 1_200_000 : 60_000,
  );
});

/** Milliseconds after which every process has long heard of a change: a message takes one or two. */
const HEARD = 250;

describeWith(['redis', 'postgres'], 'Pages of three processes with one Redis', (servers) => {
  it.each([
    { cache: 'redis', what: 'are never older than the last write before the request' },
    {
      cache: 'tiered',
      what: 'are older for as long as a message takes, with copies in memory',
      bound: HEARD,
    },
  ])(
    '$what',
    async ({ cache, bound }) => {
      const shop = await createTestDatabase({ server: servers.postgres });
      for (const statement of start.split('; ')) await shop.prisma.$executeRawUnsafe(statement);
      const script = new URL('./cells-process.spec-support.ts', import.meta.url);
      const environment = { DATABASE_URL: shop.url!, REDIS_URL: servers.redis.url, CACHE: cache };
      const processes = await Promise.all(
        ['express', 'fastify', 'express'].map((PLATFORM) =>
          startTypescript(script, { ...environment, PLATFORM }),
        ),
      );
      try {
        const origins = processes.map(({ said }) => said);
        expectCoherence(await interleave(origins, { count: isLong ? 20_000 : 300, seed, bound }));
      } finally {
        await Promise.all(processes.map((each) => each.stop()));
        await shop.close();
      }
    },
    isLong ? 1_200_000 : 60_000,
  );
});
