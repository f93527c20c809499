import { afterAll, beforeAll } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import type { ModelName } from '../metadata/register.js';
import { initialState } from '../query/state.js';
import { QuerySet } from './query-set.js';

/** The bookshop of a spec file, with a QuerySet for each model. */
export interface TestQuerySets {
  readonly shop: TestDatabase;
  of<M extends ModelName>(model: M): QuerySet<M>;
  /** Runs `fn` in a transaction that is rolled back. */
  undone<T>(fn: () => Promise<T>): Promise<T>;
}

/** Opens the bookshop for the specs of a file. */
export function useQuerySets(): TestQuerySets {
  let shop: TestDatabase;
  beforeAll(async () => {
    shop = await createTestDatabase();
  });
  afterAll(() => shop.close());
  return {
    get shop() {
      return shop;
    },
    of: (model) => new QuerySet({ database: shop.database }, initialState(model)),
    undone: (fn) =>
      shop.database.atomic(async () => {
        const result = await fn();
        shop.database.setRollback();
        return result;
      }),
  };
}

/** The SQL of a query with the columns of `select` left out, which say nothing of its conditions. */
export function sqlOf(query: { toSQL(): { sql: string } }): string {
  return query.toSQL().sql.replace(/^select .*? from /, 'select … from ');
}
