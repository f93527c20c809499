import { FieldError } from '../errors.js';
import type { FieldMetadata, ModelMetadata, ScalarField } from '../metadata/schema.js';

/** Finds a field by its Prisma name; `pk` is the primary key where no field has that name. */
export function findField(model: ModelMetadata, name: string): FieldMetadata | undefined {
  if (Object.hasOwn(model.fields, name)) return model.fields[name];
  return name === 'pk' && model.primaryKey.length === 1 ? model.fields[model.primaryKey[0]!] : undefined;
}

/** A field that metadata itself names. */
export function scalarField(model: ModelMetadata, name: string): ScalarField {
  const field = findField(model, name);
  if (field?.kind !== 'scalar') throw FieldError.unknown(name, model.name, scalarNames(model));
  return field;
}

const scalars = new WeakMap<ModelMetadata, readonly ScalarField[]>();

/** The fields that are columns, in the order of the schema. */
export function scalarFields(model: ModelMetadata): readonly ScalarField[] {
  let fields = scalars.get(model);
  if (!fields) {
    fields = Object.values(model.fields).filter((field) => field.kind === 'scalar');
    scalars.set(model, fields);
  }
  return fields;
}

function scalarNames(model: ModelMetadata): string[] {
  return scalarFields(model).map((field) => field.name);
}

/** The fields of the primary key. */
export function keyFields(model: ModelMetadata): readonly ScalarField[] {
  return model.primaryKey.map((name) => scalarField(model, name));
}
