import { hasRow } from './find-rows.js';
import { reportedName } from './row-fields.js';
import type { RowCheck } from './row-check.js';
import { nonFieldErrors, type Problem } from './validation-error.js';

/** Looks for other rows with the same unique values; not where one of them is null, or is wrong anyway. */
export async function checkUnique(check: RowCheck): Promise<void> {
  const { model, isNew } = check;
  const wanted = isNew ? [model.primaryKey, ...model.uniques] : model.uniques;
  const found = await Promise.all(wanted.map((columns) => duplicate(columns, check)));
  for (const [index, columns] of wanted.entries()) {
    if (found[index]) check.problems.add(...problemOf(columns, model.name, check));
  }
}

async function duplicate(
  columns: readonly string[],
  { model, database, values, excluded, problems, isNew }: RowCheck,
): Promise<boolean> {
  const isSkipped = columns.some(
    (column) =>
      excluded.has(column) || (values[column] ?? null) === null || problems.has(reportedName(column, model)),
  );
  if (isSkipped) return false;
  const except = isNew ? undefined : pick(values, model.primaryKey);
  return hasRow(database, model.name, pick(values, columns), except);
}

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

function problemOf(
  columns: readonly string[],
  modelName: string,
  { model }: RowCheck,
): [field: string, problem: Problem] {
  const names = columns.map((column) => reportedName(column, model));
  const message = `${modelName} with this ${names.join(' and ')} already exists.`;
  const [only] = names;
  if (columns.length === 1) return [only!, { code: 'unique', message }];
  return [nonFieldErrors, { code: 'unique_together', message }];
}
