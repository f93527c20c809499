import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openTwins, type Twins } from './twins.spec-support.js';
import { program } from './programs.spec-support.js';

const isLong = process.env.QUINTET_LONG === '1';
const numRuns = isLong ? 3000 : 30;

let twins: Twins;
beforeAll(async () => {
  twins = await openTwins();
}, 60_000);
afterAll(() => twins.close());

describe('A client with receivers on every model', () => {
  it(
    'answers and writes as bare Prisma does, and sends exactly the signals of what changed',
    async () => {
      // The short run is always the same; the long one looks further every time.
      const seed = Number(process.env.QUINTET_SEED ?? (isLong ? Date.now() % 2 ** 31 : 1));
      const parameters = { numRuns, seed };
      process.stdout.write(`Differential property of model signals: seed ${seed}, ${numRuns} programs\n`);
      await fc.assert(
        fc.asyncProperty(program(), async (steps) => {
          await twins.reset();
          for (const step of steps) expect(await twins.run(step)).toEqual([]);
        }),
        parameters,
      );
    },
    isLong ? 3_600_000 : 120_000,
  );
});
