import type { OperationNode } from 'kysely';
import type { ScalarField } from '../metadata/schema.js';
import { isDbNull } from './decimal.js';
import { keyword, parameter, sql } from './sql.js';
import type { Statement } from './statement.js';
import { toParameter } from './to-parameter.js';
import { fieldType } from './value-type.js';

/** Types of PostgreSQL that take a value of the type that a list of it is bound as. */
const plainTypes = new Set(
  'Integer SmallInt BigInt DoublePrecision Real Decimal Text VarChar Char Boolean Date Timestamp Timestamptz Time'.split(
    ' ',
  ),
);

/** Whether values of a field can be bound as one list for `unnest()`, on a database that has such lists. */
export function isListable(field: ScalarField): boolean {
  const { native } = fieldType(field);
  const isKnown = !field.isList && !field.enum && field.type !== 'Json' && field.type !== 'Bytes';
  return isKnown && (native === undefined || plainTypes.has(native));
}

/** Binds the values that rows have in a field as one list. */
export function valueList(
  field: ScalarField,
  values: readonly unknown[],
  statement: Statement,
): OperationNode {
  const type = fieldType(field);
  const list = values.map((value) => toParameter(isDbNull(value) ? null : value, type, statement));
  return sql`cast(${parameter(list)} as ${keyword(`${statement.dialect.castName(type)}[]`)})`;
}
