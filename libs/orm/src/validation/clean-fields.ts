import type { ScalarField } from '../metadata/schema.js';
import { scalarFields } from '../query/names.js';
import { isDbNull } from '../query/decimal.js';
import { cleanValue } from './clean-value.js';
import { limitProblems } from './field-limits.js';
import { isFilled, reportedName } from './row-fields.js';
import type { RowCheck } from './row-check.js';
import { runValidator } from './run-validator.js';
import type { Problem } from './validation-error.js';

const isNull: Problem = { code: 'null', message: 'This field cannot be null.' };
const isBlank: Problem = { code: 'blank', message: 'This field cannot be blank.' };

/** Looks at each column of a row by itself, and brings its value into the column's type. */
export async function cleanFields(check: RowCheck): Promise<void> {
  for (const field of scalarFields(check.model)) {
    const name = reportedName(field.name, check.model);
    if (check.excluded.has(field.name) || check.problems.has(name)) continue;
    await check.problems.collectFor(name, () => cleanField(field, name, check));
  }
}

async function cleanField(field: ScalarField, name: string, check: RowCheck): Promise<void> {
  const { values, problems, rules } = check;
  const given = values[field.name];
  const mayBeBlank = (rules.blank as readonly string[] | undefined)?.includes(field.name) ?? false;
  if (isAbsent(field, given, check)) {
    if (!check.isNew || isFilled(field)) return;
    if (!isText(field)) return problems.add(name, isNull);
    // Where nothing is said a text is empty, as in Django.
    if (!mayBeBlank) return problems.add(name, isBlank);
    values[field.name] = '';
    return;
  }
  if (given === null || isDbNull(given)) {
    if (field.isRequired) problems.add(name, isNull);
    return;
  }
  const isEmpty = given === '';
  if (isEmpty && (mayBeBlank || !field.isRequired) && isText(field)) return;
  const value = cleanValue(given, field);
  values[field.name] = value;
  const choices = choicesOf(field, check);
  if (choices && !isEmpty) {
    const strange = (field.isList ? (value as unknown[]) : [value]).find(
      (each) => !choices.includes(each as string),
    );
    if (strange !== undefined) return problems.add(name, noChoice(strange));
  }
  if (isEmpty && isText(field)) return problems.add(name, isBlank);
  for (const validator of [rules.validators?.[field.name as never] ?? []].flat()) {
    await problems.collectFor(name, () => runValidator(validator, value));
  }
  problems.add(name, ...limitProblems(value, field, check.database.dialect));
}

/** Whether a row says nothing of a column; a key that the database gives may be said to be null. */
function isAbsent(field: ScalarField, given: unknown, { model }: RowCheck): boolean {
  if (given === undefined) return true;
  return given === null && model.primaryKey.includes(field.name) && field.hasDefault;
}

function isText(field: ScalarField): boolean {
  return field.type === 'String' && field.enum === undefined && !field.isList;
}

function choicesOf(field: ScalarField, { rules, database }: RowCheck): readonly string[] | undefined {
  const own = rules.choices?.[field.name as never] as Readonly<Record<string, string>> | undefined;
  if (own) return Object.keys(own);
  return field.enum === undefined ? undefined : Object.keys(database.schema.enums[field.enum] ?? {});
}

function noChoice(value: unknown): Problem {
  return {
    code: 'invalid_choice',
    message: `Value ${JSON.stringify(value) ?? String(value)} is not a valid choice.`,
  };
}
