import type { DMMF } from '@prisma/generator-helper';
import type {
  FieldMetadata,
  JoinTable,
  ModelMetadata,
  ReferentialAction,
  RelationField,
  ScalarField,
  ScalarType,
  SchemaMetadata,
} from '../metadata/schema.js';

/** Reads what the library needs to know out of Prisma's own description of a schema. */
export function schemaMetadata(datamodel: DMMF.Datamodel, provider: string): SchemaMetadata {
  return {
    provider,
    models: byName(datamodel.models.map((model) => modelMetadata(model, datamodel))),
    enums: Object.fromEntries(
      datamodel.enums.map(({ name, values }) => [
        name,
        Object.fromEntries(values.map((value) => [value.name, value.dbName ?? value.name])),
      ]),
    ),
  };
}

function modelMetadata(model: DMMF.Model, datamodel: DMMF.Datamodel): ModelMetadata {
  const fields = model.fields.filter(({ kind }) => kind !== 'unsupported');
  return {
    name: model.name,
    table: model.dbName ?? model.name,
    ...(model.schema && { schema: model.schema }),
    fields: byName(fields.map((field) => fieldMetadata(field, model, datamodel))),
    primaryKey: model.primaryKey?.fields ?? fields.filter(({ isId }) => isId).map(({ name }) => name),
    ...(model.primaryKey?.name && { primaryKeyName: model.primaryKey.name }),
    uniques: uniques(model),
    ...uniqueNames(model),
  };
}

function uniques(model: DMMF.Model): readonly (readonly string[])[] {
  const single = model.fields.filter(({ isUnique }) => isUnique).map(({ name }) => [name]);
  // A single field named in `@@unique` is counted as unique by itself and stands in `uniqueFields` as well.
  return [...single, ...model.uniqueFields.filter(({ length }) => length > 1)];
}

function uniqueNames({ uniqueIndexes }: DMMF.Model): Pick<ModelMetadata, 'uniqueNames'> {
  const named = uniqueIndexes.flatMap(({ name, fields }) =>
    name ? [[fields.join('_'), name] as const] : [],
  );
  return named.length === 0 ? {} : { uniqueNames: Object.fromEntries(named) };
}

function fieldMetadata(field: DMMF.Field, model: DMMF.Model, datamodel: DMMF.Datamodel): FieldMetadata {
  return field.kind === 'object' ? relationField(field, model, datamodel) : scalarField(field);
}

function scalarField(field: DMMF.Field): ScalarField {
  const isEnum = field.kind === 'enum';
  return {
    kind: 'scalar',
    name: field.name,
    column: field.dbName ?? field.name,
    type: isEnum ? 'String' : (field.type as ScalarType),
    ...(isEnum && { enum: field.type }),
    isList: field.isList,
    isRequired: field.isRequired,
    isId: field.isId,
    isUnique: field.isUnique,
    hasDefault: field.hasDefaultValue || field.isUpdatedAt === true,
    isUpdatedAt: field.isUpdatedAt === true,
    ...defaultValue(field),
    ...(field.nativeType && { nativeType: field.nativeType }),
  };
}

function defaultValue({
  type,
  default: value,
}: DMMF.Field): Pick<ScalarField, 'default' | 'defaultFunction'> {
  if (value === undefined) return {};
  if (typeof value === 'object' && 'name' in value) return { defaultFunction: value.name };
  if (type === 'Json') return { default: eachValue(value, (text) => JSON.parse(String(text))) };
  if (type === 'BigInt') return { default: eachValue(value, (digits) => BigInt(digits as string)) };
  return { default: value };
}

function eachValue(value: unknown, convert: (value: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(convert) : convert(value);
}

function relationField(field: DMMF.Field, model: DMMF.Model, datamodel: DMMF.Datamodel): RelationField {
  const other = datamodel.models.find(({ name }) => name === field.type)!;
  const inverse = other.fields.find(
    (candidate) =>
      candidate.relationName === field.relationName && !(other === model && candidate.name === field.name),
  )!;
  const fromFields = field.relationFromFields ?? [];
  const ownsKey = fromFields.length > 0;
  return {
    kind: 'relation',
    name: field.name,
    model: other.name,
    relationName: field.relationName!,
    inverse: inverse.name,
    isList: field.isList,
    isRequired: field.isRequired,
    fromFields,
    toFields: field.relationToFields ?? [],
    // Prisma leaves its defaults unsaid; whoever reads the metadata needs what the database does.
    ...(ownsKey && {
      onDelete: (field.relationOnDelete ?? (field.isRequired ? 'Restrict' : 'SetNull')) as ReferentialAction,
      onUpdate: (field.relationOnUpdate ?? 'Cascade') as ReferentialAction,
    }),
    ...(field.isList && inverse.isList && { through: joinTable(field, model, inverse, other) }),
  };
}

/** Names the table that Prisma makes for an implicit many-to-many relation: `A` is the side that sorts first. */
function joinTable(field: DMMF.Field, model: DMMF.Model, inverse: DMMF.Field, other: DMMF.Model): JoinTable {
  const isSideA = model === other ? field.name < inverse.name : model.name < other.name;
  const schema = (isSideA ? model : other).schema;
  return {
    table: `_${field.relationName}`,
    ...(schema && { schema }),
    ownColumn: isSideA ? 'A' : 'B',
    otherColumn: isSideA ? 'B' : 'A',
  };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((item) => [item.name, item]));
}
