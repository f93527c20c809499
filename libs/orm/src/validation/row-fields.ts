import { FieldError } from '../errors.js';
import type { ModelMetadata, RelationField, ScalarField } from '../metadata/schema.js';
import { isPlainObject } from '../query/condition-of.js';

/** The relations whose foreign keys a model has. */
export function ownedRelations(model: ModelMetadata): RelationField[] {
  return Object.values(model.fields).filter(
    (field): field is RelationField => field.kind === 'relation' && field.fromFields.length > 0,
  );
}

/** The name that problems of a column stand under: a foreign key is its relation's. */
export function reportedName(column: string, model: ModelMetadata): string {
  return ownedRelations(model).find(({ fromFields }) => fromFields.includes(column))?.name ?? column;
}

/**
 * Finds the columns that are not to be looked at, where some are named by their relation.
 *
 * @throws FieldError for a name that the model does not have.
 */
export function excludedColumns(names: readonly string[], model: ModelMetadata): Set<string> {
  const columns = names.flatMap((name) => {
    const field = Object.hasOwn(model.fields, name) ? model.fields[name]! : undefined;
    if (!field) throw FieldError.unknown(name, model.name, Object.keys(model.fields));
    return field.kind === 'relation' ? [name, ...field.fromFields] : [name];
  });
  return new Set(columns);
}

/** The columns of a row by name, where relations that are given as keys have become foreign keys. */
export function withForeignKeys(row: object, model: ModelMetadata): Record<string, unknown> {
  const values: Record<string, unknown> = { ...row };
  for (const { name, fromFields } of ownedRelations(model)) {
    const given = values[name];
    if (given === undefined || isPlainObject(given)) continue;
    delete values[name];
    if (fromFields.length === 1) values[fromFields[0]!] = given;
  }
  return values;
}

/** The columns whose values come from elsewhere: Prisma finds or creates the row that a relation leads to. */
export function columnsOfNestedWrites(
  row: Readonly<Record<string, unknown>>,
  model: ModelMetadata,
): Set<string> {
  const nested = ownedRelations(model).filter(({ name, fromFields }) => {
    return isPlainObject(row[name]) && fromFields.every((column) => row[column] === undefined);
  });
  return new Set(nested.flatMap(({ fromFields }) => fromFields));
}

/** Whether a column gets a value where a new row has none. */
export function isFilled(field: ScalarField): boolean {
  return field.hasDefault || field.isList || !field.isRequired;
}
