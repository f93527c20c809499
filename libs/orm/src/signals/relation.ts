import type { RelationField } from '../metadata/schema.js';
import type { Data } from './prisma-calls.js';
import { recordNotFound } from './prisma-errors.js';
import type { StoredRow } from './rows.js';

/** One row's relation to rows that refer to it, or are linked with it by a join table. */
export interface Relation {
  readonly model: string;
  readonly row: StoredRow;
  /** The field on the row's side. */
  readonly field: RelationField;
  /** The field on the other side, which holds the key unless a join table does. */
  readonly inverse: RelationField;
}

/** Whether this side of the relation holds the key. */
export function owned(field: RelationField): boolean {
  return field.fromFields.length > 0;
}

/** The foreign key of a row that refers to nothing. */
export function emptyKey(field: RelationField): Data {
  return Object.fromEntries(field.fromFields.map((name) => [name, null]));
}

/** Says that a nested operation found no row. */
export function missing({ model, relationName }: RelationField, operation: string): Error {
  return recordNotFound(
    model,
    `No '${model}' record was found for a nested ${operation} on relation '${relationName}'.`,
  );
}
