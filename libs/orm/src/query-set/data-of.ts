import { DbNull } from '@prisma/client/runtime/client';
import type { Database } from '../database/database.js';
import { FieldError, InvalidValueError } from '../errors.js';
import type { RelationField } from '../metadata/schema.js';
import { isPlainObject } from '../query/condition-of.js';
import { findField } from '../query/names.js';
import { type FieldPair, relationEnds } from '../query/relation-ends.js';

/**
 * Brings values into the form of Prisma's `data`: a relation that is given a row, or its key, writes its foreign key;
 * one that is loaded beside its foreign key says nothing.
 *
 * @example
 * await books.create({ title: 'Emma', publisher })
 */
export function dataOf(values: object, modelName: string, { schema }: Database): Record<string, unknown> {
  const model = schema.models[modelName]!;
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = findField(model, name);
    if (!field) throw FieldError.unknown(name, modelName, Object.keys(model.fields));
    if (field.kind === 'scalar') {
      data[field.name] = value === null && field.type === 'Json' ? DbNull : value;
      continue;
    }
    const ends = value === undefined ? undefined : relationEnds(schema, model, field);
    if (!ends || ends.through || !ends.isOwner || isNestedWrite(value)) data[field.name] = value;
    else if (!ends.pairs.every(({ own }) => (values as Record<string, unknown>)[own.name] !== undefined)) {
      Object.assign(data, foreignKey(value, field, ends.pairs));
    }
  }
  return data;
}

/** What Prisma writes related rows by. */
const nestedWrites = new Set([
  'connect',
  'connectOrCreate',
  'create',
  'delete',
  'disconnect',
  'update',
  'upsert',
]);

function isNestedWrite(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => nestedWrites.has(name));
}

function foreignKey(
  value: unknown,
  relation: RelationField,
  pairs: readonly FieldPair[],
): Record<string, unknown> {
  const isRow = isPlainObject(value);
  if (!isRow && value !== null && pairs.length > 1) {
    throw new InvalidValueError(`"${relation.name}" refers to a key of several fields: give it the row.`);
  }
  return Object.fromEntries(
    pairs.map(({ own, other }) => {
      const part = isRow ? value[other.name] : value;
      if (isRow && (part === undefined || part === null)) {
        throw new InvalidValueError(
          `"${relation.name}" is given a row of ${relation.model} without "${other.name}": create it first, or write { create: … }.`,
        );
      }
      return [own.name, part];
    }),
  );
}
