import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeWith, type PostgresServer } from '../support/servers.js';
import { asQuerySet } from './as-query-set.js';
import { FindManyArguments } from './find-many.js';
import { type Museum, openMuseum } from './museum.js';

const isLong = process.env.QUINTET_LONG === '1';
/** How many random queries are compared on each database. */
const numRuns = Number(process.env.QUINTET_DIFFERENTIAL_RUNS ?? (isLong ? 10_000 : 200));
const { QUINTET_SEED: seed } = process.env;

function suite(server: () => PostgresServer | undefined): void {
  let museum: Museum;
  beforeAll(async () => {
    museum = await openMuseum(server());
  }, 60_000);
  afterAll(() => museum.close());

  it(
    'finds the same rows, with values of the same types',
    async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(new FindManyArguments(museum.schema).any(), async ([model, args]) => {
          let expected: unknown;
          try {
            expected = await museum.model(model).findMany(args);
          } catch (error) {
            // What Prisma makes no statement of, has no right answer.
            if (isPrismasOwn(error)) throw error;
            refused += 1;
            return;
          }
          const rows: unknown[] = await asQuerySet(museum, model, args);
          const isFromEnd = args.take !== undefined && args.take < 0;
          expect(isFromEnd ? [...rows].reverse() : rows).toStrictEqual(expected);
        }),
        { numRuns, ...(seed !== undefined && { seed: Number(seed) }) },
      );
      expect(refused).toBeLessThan(numRuns / 50 + 5);
    },
    isLong ? 3_600_000 : 120_000,
  );
}

/** Whether a query is none of Prisma's language, rather than one that its driver cannot carry out. */
function isPrismasOwn(error: unknown): boolean {
  return (error as Error).name === 'PrismaClientValidationError';
}

describe('A QuerySet beside Prisma, on PGlite', () => {
  suite(() => undefined);
});

describeWith('postgres', 'A QuerySet beside Prisma, on PostgreSQL', (servers) => {
  suite(() => servers.postgres);
});
