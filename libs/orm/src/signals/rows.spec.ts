import { describe, expect, it } from '@jest/globals';
import type { ModelMetadata, SchemaMetadata } from '../metadata/schema.js';
import type { PrismaCalls } from './prisma-calls.js';
import { Rows } from './rows.js';

describe('Rows.keyOf()', () => {
  const row = { id: 1, a: 2, b: 3 };
  const keyOf = (model: Pick<ModelMetadata, 'primaryKey' | 'primaryKeyName' | 'uniques' | 'uniqueNames'>) => {
    const schema = { models: { Pair: model } } as unknown as SchemaMetadata;
    return new Rows({} as PrismaCalls, schema).keyOf('Pair', row);
  };

  it('names a row by its key', () => {
    expect(keyOf({ primaryKey: ['id'], uniques: [] })).toEqual({ id: 1 });
  });

  it('names a key of several fields as Prisma does', () => {
    expect(keyOf({ primaryKey: ['a', 'b'], uniques: [] })).toEqual({ a_b: { a: 2, b: 3 } });
  });

  it('names a key of several fields as the schema does', () => {
    expect(keyOf({ primaryKey: ['a', 'b'], primaryKeyName: 'pair', uniques: [] })).toEqual({
      pair: { a: 2, b: 3 },
    });
    expect(keyOf({ primaryKey: [], uniques: [['a', 'b']], uniqueNames: { a_b: 'both' } })).toEqual({
      both: { a: 2, b: 3 },
    });
  });
});
