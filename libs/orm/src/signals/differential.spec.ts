import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { schema } from '../../../../apps/bookshop/src/generated/quintet/index.js';
import { nestedOperations } from './nested-data.js';
import { depths, program, type Step } from './programs.spec-support.js';
import { openTwins, type Twins } from './twins.spec-support.js';

const isLong = process.env.QUINTET_LONG === '1';
const numRuns = Number(process.env.QUINTET_RUNS ?? (isLong ? 3000 : 30));
// The short run is always the same; the long one looks further every time.
const seed = Number(process.env.QUINTET_SEED ?? (isLong ? Date.now() % 2 ** 31 : 1));

let twins: Twins;
beforeAll(async () => {
  twins = await openTwins();
}, 60_000);
afterAll(() => twins.close());

describe('A client with receivers on every model', () => {
  it(
    'answers and writes as bare Prisma does, and sends exactly the signals of what changed',
    async () => {
      process.stdout.write(`Differential property of model signals: seed ${seed}, ${numRuns} programs\n`);
      await fc.assert(
        fc.asyncProperty(program(), async (steps) => {
          await twins.reset();
          for (const step of steps) expect(await twins.run(step)).toEqual([]);
        }),
        { numRuns, seed },
      );
      const { succeeded, failed, failedOtherwise, told } = twins.counts;
      process.stdout.write(
        `${succeeded} steps succeeded, ${failed} failed, ${failedOtherwise} of them by another of several mistakes; ${told} writes of rows and links told\n`,
      );
      expect(failed).toBeGreaterThan(0);
      expect(succeeded).toBeGreaterThan(failed);
    },
    isLong ? 3_600_000 : 120_000,
  );
});

describe('The programs', () => {
  const written = new Set<string>();
  const steps = fc.sample(program(), { numRuns: 5000, seed: 1 }).flat();
  for (const step of steps) note(step, written);

  it('hold every nested operation at every depth, on every kind of relation', () => {
    const onRows = nestedOperations.map((operation) => `${operation} of many`);
    const onLinks = nestedOperations
      .filter((operation) => operation !== 'createMany')
      .map((operation) => `${operation} of linked`);
    const onOne = ['create', 'connect', 'connectOrCreate', 'disconnect', 'delete', 'update', 'upsert'].map(
      (operation) => `${operation} of one`,
    );
    const wanted = [...onRows, ...onLinks, ...onOne].flatMap((operation) =>
      Array.from({ length: depths }, (_, depth) => `${operation} at depth ${depth + 1}`),
    );
    expect(wanted.filter((one) => !written.has(one))).toEqual([]);
  });

  it('change keys, give new rows theirs, and leave rows out by a limit', () => {
    const wanted = ['given key', 'changed key', 'changed key in a nested row', 'limit of few'];
    expect(wanted.filter((one) => !written.has(one))).toEqual([]);
  });

  it('hold every operation on a model, both kinds of transactions and every form of a result', () => {
    expect([...written].filter((one) => !one.includes(' ')).sort()).toEqual([
      '_count',
      'batch',
      'create',
      'createMany',
      'createManyAndReturn',
      'delete',
      'deleteMany',
      'include',
      'interactive',
      'omit',
      'select',
      'skipDuplicates',
      'update',
      'updateMany',
      'updateManyAndReturn',
      'upsert',
    ]);
  });
});

/** Writes down what a step consists of. */
function note({ transaction, calls }: Step, written: Set<string>): void {
  if (transaction) written.add(transaction);
  for (const { model, action, args } of calls) {
    written.add(action);
    for (const name of ['include', 'select', 'omit', 'skipDuplicates']) if (args[name]) written.add(name);
    if (args.limit === 1) written.add('limit of few');
    if (Object.hasOwn(args.create ?? {}, 'id')) written.add('given key');
    if (Object.hasOwn(args.update ?? {}, 'id')) written.add('changed key');
    if (JSON.stringify(args).includes('"_count"')) written.add('_count');
    for (const data of [args.data, args.create, args.update]) noteNested(model, data, 1, written);
  }
}

function noteNested(model: string, data: unknown, depth: number, written: Set<string>): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return;
  for (const [name, operations] of Object.entries(data)) {
    const field = schema.models[model]!.fields[name];
    if (field?.kind !== 'relation') continue;
    const kind = field.through ? 'linked' : field.isList ? 'many' : 'one';
    for (const [operation, argument] of Object.entries(operations as object)) {
      written.add(`${operation} of ${kind} at depth ${depth}`);
      for (const one of [argument].flat() as Record<string, unknown>[]) {
        if (operation === 'update' && Object.hasOwn(one.data ?? {}, 'id'))
          written.add('changed key in a nested row');
        for (const inner of [one, one.data, one.create, one.update])
          noteNested(field.model, inner, depth + 1, written);
      }
    }
  }
}
