import type { ModelMetadata, RelationField, SchemaMetadata } from '../metadata/schema.js';
import type { CallArguments, Data, ModelCall } from './prisma-calls.js';

interface NestedData {
  readonly data: Data;
  readonly creates: boolean;
}

/** Returns the data of other rows that the nested operations of one relation hold. */
export function nestedData(field: RelationField, operations: Data): NestedData[] {
  const creates = (data: unknown): NestedData => ({ data: data as Data, creates: true });
  const updates = (data: unknown): NestedData => ({ data: data as Data, creates: false });
  return [
    ...listOf(operations.create).map(creates),
    ...listOf(operations.connectOrCreate).map(({ create }) => creates(create)),
    ...listOf(operations.update).map((one) => updates(field.isList ? one.data : updateOf(one).data)),
    ...listOf(operations.upsert).flatMap(({ create, update }) => [creates(create), updates(update)]),
  ].filter(({ data }) => typeof data === 'object' && data !== null);
}

/** Takes the filter and the data of a to-one `update` apart, which takes the data bare, too. */
export function updateOf(argument: unknown): { readonly where?: Data; readonly data: Data } {
  const given = argument as Data;
  const isWrapped =
    given.data !== undefined && Object.keys(given).every((key) => key === 'where' || key === 'data');
  return isWrapped ? (given as { where?: Data; data: Data }) : { data: given };
}

/** The nested operations on the far side of a relation, by the name that Prisma gives them. */
export const nestedOperations = [
  'create',
  'createMany',
  'connect',
  'connectOrCreate',
  'set',
  'disconnect',
  'delete',
  'deleteMany',
  'update',
  'updateMany',
  'upsert',
] as const;

const operationNames: ReadonlySet<string> = new Set(nestedOperations);

/**
 * Tells whether Prisma will refuse data before it writes anything, so that it can be left to say so.
 *
 * Prisma knows two forms of the data of a row: with relations, or with the keys of its own relations.
 */
export function isMalformed(schema: SchemaMetadata, { action, model, args = {} }: ModelCall): boolean {
  const rows = rowsOf(action, args);
  return rows.some((data) => data === undefined || isBad(schema, model, data as Data));
}

/** The data of the rows that a call writes one by one. */
function rowsOf(action: string, { data, create, update }: CallArguments): readonly unknown[] {
  if (action === 'upsert') return [create, update];
  return action === 'create' || action === 'update' ? [data] : [];
}

function isBad(schema: SchemaMetadata, name: string, data: Data, parent?: RelationField): boolean {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return true;
  const model = schema.models[name] as ModelMetadata;
  const keys = Object.keys(data).filter((key) => data[key] !== undefined);
  if (keys.some((key) => model.fields[key] === undefined || isOwnTo(parent, key, model))) return true;
  const relations = keys.map((key) => model.fields[key]!).filter((field) => field.kind === 'relation');
  const hasOwned = relations.some(({ fromFields }) => fromFields.length > 0);
  if (hasOwned && keys.some((key) => isUnchecked(model, key))) return true;
  return relations.some((field) => isBadRelation(schema, field, data[field.name]));
}

/** Whether a key is given by the place of the data below its parent. */
function isOwnTo(parent: RelationField | undefined, key: string, model: ModelMetadata): boolean {
  if (parent === undefined) return false;
  const inverse = model.fields[parent.inverse];
  return key === parent.inverse || (inverse?.kind === 'relation' && inverse.fromFields.includes(key));
}

/** Whether only the form without relations of its own takes a field. */
function isUnchecked(model: ModelMetadata, key: string): boolean {
  const field = model.fields[key];
  if (field?.kind !== 'scalar') return false;
  return (
    field.defaultFunction === 'autoincrement' ||
    Object.values(model.fields).some((other) => other.kind === 'relation' && other.fromFields.includes(key))
  );
}

/** Whether a list holds rows with relations of their own beside rows with keys, of which Prisma takes one form a list. */
function isOfBothForms(model: ModelMetadata, rows: readonly Data[]): boolean {
  const has = (test: (key: string) => boolean) =>
    rows.some((data) => Object.keys(data).some((key) => data[key] !== undefined && test(key)));
  return rows.length > 1 && has((key) => isOwned(model, key)) && has((key) => isUnchecked(model, key));
}

function isOwned(model: ModelMetadata, key: string): boolean {
  const field = model.fields[key];
  return field?.kind === 'relation' && field.fromFields.length > 0;
}

function isBadRelation(schema: SchemaMetadata, field: RelationField, operations: unknown): boolean {
  if (typeof operations !== 'object' || operations === null || Array.isArray(operations)) return true;
  const given = Object.entries(operations).filter(([, value]) => value !== undefined);
  if (
    given.some(
      ([name, value]) =>
        !operationNames.has(name) ||
        (typeof value !== 'object' && typeof value !== 'boolean') ||
        value === null,
    )
  )
    return true;
  const inverse = schema.models[field.model]!.fields[field.inverse] as RelationField;
  const isRequired = field.fromFields.length === 0 && !field.through && inverse.isRequired;
  const { disconnect } = operations as Data;
  if (isRequired && disconnect !== undefined && (field.isList || disconnect !== false)) return true;
  if (isOfBothForms(schema.models[field.model]!, listOf((operations as Data).create))) return true;
  return nestedData(field, operations as Data).some(({ data }) => isBad(schema, field.model, data, field));
}

function listOf(argument: unknown): Data[] {
  return [argument].flat().filter((one) => typeof one === 'object' && one !== null) as Data[];
}
