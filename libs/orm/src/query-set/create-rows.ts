import { DoesNotExistError } from '../errors.js';
import { driverError } from '../database/database-error-code.js';
import { Expression } from '../expressions/expression.js';
import { bulkCreate } from './bulk-create.js';
import { isPlainObject } from '../query/condition-of.js';
import { clientModel } from './client-model.js';
import { dataOf } from './data-of.js';
import type { QueryContext } from './reading.js';

export interface CreateOptions {
  /** Further values of a row that is created; a function is called for its value. */
  defaults?: Readonly<Record<string, unknown>>;
}

/** Creates a row through the Prisma client, so that its signals are sent. */
export async function createRow(
  { database, validation }: QueryContext,
  model: string,
  given: object,
): Promise<unknown> {
  const values = validation ? await validation.fullClean(given, { isNew: true }) : given;
  // Prisma cannot write what the database computes.
  if (Object.values(values).some((value) => value instanceof Expression)) {
    return (await bulkCreate(database, model, [values], {}))[0];
  }
  return clientModel(database, model).create({ data: dataOf(values, model, database) });
}

/** Finds a row, or creates it; where another one creates it meanwhile, finds that. */
export async function getOrCreate<T>(
  find: () => Promise<T>,
  values: object,
  { defaults = {} }: CreateOptions,
  model: string,
  context: QueryContext,
): Promise<[T, boolean]> {
  const found = await unlessMissing(find);
  if (found !== undefined) return [found, false];
  const data = { ...values, ...(await called(defaults)) };
  try {
    return [(await context.database.atomic(() => createRow(context, model, data))) as T, true];
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

/** Whether a row was refused for a value that another one has. */
function isUniqueViolation(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const isPrismas = (error as { code?: unknown }).code === 'P2002';
  return isPrismas || driverError(error)?.kind === 'UniqueConstraintViolation';
}
