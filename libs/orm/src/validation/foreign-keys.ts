import type { RelationField } from '../metadata/schema.js';
import { hasRow } from './find-rows.js';
import { ownedRelations } from './row-fields.js';
import type { RowCheck } from './row-check.js';

/** Looks whether the rows that foreign keys refer to are there. */
export async function checkForeignKeys(check: RowCheck): Promise<void> {
  await Promise.all(ownedRelations(check.model).map((relation) => checkForeignKey(relation, check)));
}

async function checkForeignKey(
  { name, model, fromFields, toFields }: RelationField,
  { values, excluded, problems, database }: RowCheck,
): Promise<void> {
  if (excluded.has(name) || problems.has(name) || fromFields.some((column) => excluded.has(column))) return;
  const key = fromFields.map((column) => values[column] ?? null);
  if (key.includes(null)) return;
  const where = Object.fromEntries(toFields.map((column, index) => [column, key[index]]));
  if (await hasRow(database, model, where)) return;
  const said = Object.entries(where).map(([column, value]) => `${column} ${value as string}`);
  problems.add(name, { code: 'invalid', message: `${model} with ${said.join(' and ')} does not exist.` });
}
