import { FieldError } from '../errors.js';
import type { Operand } from '../expressions/expression.js';
import { keyFields } from './names.js';
import { join, sql } from './sql.js';
import type { TableRef } from './table-ref.js';
import { fieldType, typeOf } from './value-type.js';

/** The key of a row. */
export function keyOf(ref: TableRef): Operand {
  const fields = keyFields(ref.model);
  if (fields.length !== 1) {
    throw new FieldError(`${ref.model.name} has a key of several fields; name one of them.`);
  }
  return presenceOf(ref);
}

/** A part of the key, which is null where there is no row. */
export function presenceOf(ref: TableRef): Operand {
  const [field] = keyFields(ref.model);
  const node = ref.column(field!);
  return { node, type: fieldType(field!), ...(ref.isNullable && { guard: node }) };
}

/** The key as one value, which is null where there is no row. */
export function wholeKeyOf(ref: TableRef): Operand {
  const columns = keyFields(ref.model).map((field) => ref.column(field));
  if (columns.length === 1) return presenceOf(ref);
  if (!ref.scope.dialect.features.arrays) return keyOf(ref);
  const node = sql`case when ${columns[0]!} is not null then row(${join(columns, ', ')}) end`;
  return { node, type: typeOf('Unknown') };
}
