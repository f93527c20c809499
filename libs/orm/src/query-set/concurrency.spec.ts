import { AsyncResource } from 'node:async_hooks';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { describeWith } from '../../../../test/support/servers.js';
import { databaseErrorCode } from '../database/database-error-code.js';
import { F, Lower, Value } from '../expressions/index.js';
import type { ModelName } from '../metadata/register.js';
import { initialState } from '../query/state.js';
import { QuerySet } from './query-set.js';

const together = 100;

describeWith('postgres', 'QuerySet, by many at once', (servers) => {
  let shop: TestDatabase;
  beforeAll(async () => void (shop = await createTestDatabase({ server: servers.postgres })));
  afterAll(() => shop.close());

  const of = <M extends ModelName>(model: M) =>
    new QuerySet<M>({ database: shop.database }, initialState(model));
  const times = <T>(run: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: together }, (_, index) => run(index)));

  it('makes one row by getOrCreate()', async () => {
    const results = await times((index) =>
      of('Author').getOrCreate({ email: 'one@x.example' }, { defaults: { name: `by ${index}`, age: 1 } }),
    );
    expect(results.filter(([, isCreated]) => isCreated)).toHaveLength(1);
    expect(new Set(results.map(([{ id }]) => id)).size).toBe(1);
    expect(await of('Author').filter({ email: 'one@x.example' }).count()).toBe(1);
  });

  it('makes one row by getOrCreate() of what the database computes', async () => {
    const results = await times(() =>
      of('Author').getOrCreate(
        { email: 'two@x.example' },
        { defaults: { name: Lower(Value('TWO')), age: 1 } },
      ),
    );
    expect(results.filter(([, isCreated]) => isCreated)).toHaveLength(1);
    expect(new Set(results.map(([{ name }]) => name))).toEqual(new Set(['two']));
  });

  it('makes one row by getOrCreate() in blocks around it', async () => {
    const results = await times((index) =>
      shop.database.atomic(async () => {
        const [author, isCreated] = await of('Author').getOrCreate(
          { email: 'three@x.example' },
          { defaults: { name: 'three', age: index } },
        );
        // The block goes on after the row was found to be another one's.
        expect(await of('Author').filter({ id: author.id }).count()).toBe(1);
        return isCreated;
      }),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('locks a row before updateOrCreate() changes it', async () => {
    const author = await of('Author').get({ id: 1 });
    const fromOutside = AsyncResource.bind(() =>
      shop.database.atomic(() => of('Author').filter({ id: 1 }).selectForUpdate({ noWait: true }).get()),
    );
    let refused: unknown;
    const age = async (): Promise<number> => {
      refused = await fromOutside().catch((error: unknown) => error);
      return 50;
    };
    const [updated] = await of('Author').updateOrCreate({ email: author.email! }, { defaults: { age } });
    expect(updated.age).toBe(50);
    expect(databaseErrorCode(refused)).toBe('55P03');
    await expect(fromOutside()).resolves.toMatchObject({ age: 50 });
  });

  it('makes one row by updateOrCreate(), and loses no update', async () => {
    const results = await times(() =>
      of('Author').updateOrCreate(
        { email: 'four@x.example' },
        { defaults: { age: F('age').add(1) }, createDefaults: { name: 'four', age: 0 } },
      ),
    );
    expect(results.filter(([, isCreated]) => isCreated)).toHaveLength(1);
    expect(await of('Author').get({ email: 'four@x.example' })).toMatchObject({ age: together - 1 });
  });

  it('shows each updateOrCreate() the row as the one before it has left it', async () => {
    const seen: number[] = [];
    await of('Author').create({ email: 'five@x.example', name: 'five', age: 0 });
    await times(() =>
      shop.database.atomic(async () => {
        const [row] = await of('Author').updateOrCreate(
          { email: 'five@x.example' },
          { defaults: { name: 'x' } },
        );
        seen.push(row.age);
        await of('Author')
          .filter({ id: row.id })
          .update({ age: row.age + 1 });
      }),
    );
    expect(seen).toEqual(Array.from({ length: together }, (_, index) => index));
  });
});
