import type { Database } from '../database/database.js';
import { DoesNotExistError, FieldError } from '../errors.js';
import { DbNull } from '@prisma/client/runtime/client';
import { Expression } from '../expressions/expression.js';
import { bulkCreate } from './bulk-create.js';
import { isPlainObject } from '../query/condition-of.js';
import { findField } from '../query/names.js';
import { relationEnds } from '../query/relation-ends.js';
import { clientModel } from './client-model.js';

export interface CreateOptions {
  /** Further values of a row that is created; a function is called for its value. */
  defaults?: Readonly<Record<string, unknown>>;
}

/** Creates a row through the Prisma client, so that its signals are sent. */
export async function createRow(database: Database, model: string, values: object): Promise<unknown> {
  // Prisma cannot write what the database computes.
  if (Object.values(values).some((value) => value instanceof Expression)) {
    return (await bulkCreate(database, model, [values], {}))[0];
  }
  return clientModel(database, model).create({ data: dataOf(values, model, database) });
}

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

/** Finds a row, or creates it; where another one creates it meanwhile, finds that. */
export async function getOrCreate<T>(
  find: () => Promise<T>,
  values: object,
  { defaults = {} }: CreateOptions,
  model: string,
  database: Database,
): Promise<[T, boolean]> {
  const found = await unlessMissing(find);
  if (found !== undefined) return [found, false];
  const data = { ...values, ...(await called(defaults)) };
  try {
    return [(await database.atomic(() => createRow(database, model, data))) as T, true];
  } catch (error) {
    const other = isUniqueViolation(error) ? await unlessMissing(find) : undefined;
    if (other === undefined) throw error;
    return [other, false];
  }
}

async function unlessMissing<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof DoesNotExistError) return undefined;
    throw error;
  }
}

/** The values that a filter asks for by equality: what a row that meets it has. */
export function plainValues(values: object): Record<string, unknown> {
  const entries = Object.entries(values).filter(
    ([name, value]) => !name.includes('.') && !isPlainObject(value),
  );
  return Object.fromEntries(entries);
}

/** Values, where functions have been called for theirs. */
export async function called(values: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const entries = Object.entries(values).map(
    async ([name, value]) =>
      [name, typeof value === 'function' ? ((await value()) as unknown) : value] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Whether Prisma refused a row for a value that another one has. */
function isUniqueViolation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === 'P2002';
}
