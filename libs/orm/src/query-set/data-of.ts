import { DbNull } from '@prisma/client/runtime/client';
import type { Database } from '../database/database.js';
import { FieldError } from '../errors.js';
import { isPlainObject } from '../query/condition-of.js';
import { findField } from '../query/names.js';
import { relationEnds } from '../query/relation-ends.js';

/** Brings values into the form of Prisma's `data`: a relation that is given a key writes its foreign key. */
export function dataOf(values: object, modelName: string, { schema }: Database): Record<string, unknown> {
  const model = schema.models[modelName]!;
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = findField(model, name);
    if (!field) throw FieldError.unknown(name, modelName, Object.keys(model.fields));
    const ends =
      field.kind === 'relation' && !isPlainObject(value) ? relationEnds(schema, model, field) : undefined;
    if (ends && !ends.through && ends.isOwner) data[ends.pairs[0]!.own.name] = value;
    else
      data[field.name] = value === null && field.kind === 'scalar' && field.type === 'Json' ? DbNull : value;
  }
  return data;
}
