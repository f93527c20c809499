import type { Database } from '../database/database.js';
import { DoesNotExistError, InvalidValueError, NotUpdatedError } from '../errors.js';
import { Expression } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import type { FieldMetadata, ModelMetadata } from '../metadata/schema.js';
import { compileSelect } from '../query/compiler.js';
import { fetchRows, statementFor, write } from '../query/execute.js';
import { scalarFields } from '../query/names.js';
import { initialState, type QueryState } from '../query/state.js';
import { compileUpdate } from '../query/update.js';
import type { RowValidation } from '../validation/row-validation.js';
import { clientModel } from './client-model.js';
import { createRow } from './create-rows.js';
import { dataOf } from './data-of.js';
import type { QueryContext } from './reading.js';

export interface SaveOptions {
  /** The only fields to write; the row must be there. */
  updateFields?: readonly string[];
  /** Creates the row even where its key is set. */
  forceInsert?: boolean;
  /** Fails where there is no row to update. */
  forceUpdate?: boolean;
}

export interface RefreshOptions {
  /** The only fields to read. */
  fields?: readonly string[];
}

/** Updates the row that has the key of `row`, or creates one; returns it with what was written. */
export async function saveRow<Row>(
  context: QueryContext,
  modelName: string,
  row: object,
  values: object,
  options: SaveOptions = {},
): Promise<Row> {
  const { updateFields, forceInsert = false, forceUpdate = false } = options;
  const { database, validation } = context;
  const model = database.schema.models[modelName]!;
  if (updateFields?.length === 0) return row as Row;
  checkFields(updateFields, model);
  const key = keyOf(row, model);
  if (!key && (forceUpdate || updateFields)) {
    throw new InvalidValueError(`A row of ${modelName} without a key cannot be updated.`);
  }
  const written = (cleaned: object) =>
    writtenValues(dataOf(cleaned, modelName, database), updateFields, model);
  if (key && !forceInsert) {
    const cleaned = validation ? await cleanedValues(validation, row, values, updateFields, model) : values;
    const updated = await updateRow(database, model, key, written(cleaned));
    if (updated) return { ...row, ...updated } as Row;
    if (forceUpdate || updateFields) throw new NotUpdatedError(modelName);
  }
  const created = await createRow(context, modelName, { ...written(values), ...key });
  return { ...row, ...(created as object) } as Row;
}

/** Looks at what is written of a row that is there, in the row that it becomes; what `clean()` changes is written too. */
async function cleanedValues(
  validation: RowValidation,
  row: object,
  values: object,
  updateFields: readonly string[] | undefined,
  model: ModelMetadata,
): Promise<object> {
  const written = new Set((updateFields ?? Object.keys(values)).flatMap((name) => columnsOf(name, model)));
  const exclude = scalarFields(model)
    .map((field) => field.name)
    .filter((name) => !written.has(name) && !model.primaryKey.includes(name));
  const before: Record<string, unknown> = { ...row, ...values };
  const cleaned = await validation.fullClean(before, { exclude, isNew: false });
  return Object.fromEntries(
    Object.entries(cleaned).filter(([name, value]) => written.has(name) || value !== before[name]),
  );
}

/** Reads the row that has the key of `row`. */
export async function refreshRow<Row>(
  database: Database,
  modelName: string,
  row: object,
  { fields }: RefreshOptions,
): Promise<Row> {
  const model = database.schema.models[modelName]!;
  const names =
    fields ?? Object.values(model.fields).flatMap((field) => (field.kind === 'scalar' ? [field.name] : []));
  const state: QueryState = {
    ...rowState(model, keyOf(row, model) ?? {}),
    selection: { kind: 'values', names, form: 'object' },
  };
  const statement = statementFor(database);
  const { node, shape } = compileSelect(state, statement);
  const [read] = await fetchRows(database, statement.dialect, node, shape);
  if (!read) throw new DoesNotExistError(modelName);
  return { ...row, ...read } as Row;
}

/** Updates through the Prisma client, and by SQL where Prisma cannot write a value. */
async function updateRow(
  database: Database,
  model: ModelMetadata,
  key: Record<string, unknown>,
  data: Record<string, unknown>,
): Promise<object | undefined> {
  if (Object.entries(data).some(([name, value]) => isForSql(value, model.fields[name]!))) {
    const statement = statementFor(database);
    const { node } = compileUpdate(rowState(model, key), data, statement);
    const number = await write(database, statement.dialect, node);
    return number === 0 ? undefined : {};
  }
  try {
    return (await clientModel(database, model.name).update({ where: uniqueKey(model, key), data })) as object;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'P2025') return undefined;
    throw error;
  }
}

/** Whether Prisma has no words for a value: an expression, or the null of a required column, which is the database's to refuse. */
function isForSql(value: unknown, field: FieldMetadata): boolean {
  return value instanceof Expression || (value === null && field.kind === 'scalar' && field.isRequired);
}

function rowState(model: ModelMetadata, key: Record<string, unknown>): QueryState {
  return { ...initialState(model.name), conditions: [new QExpression([key])] };
}

function keyOf(row: object, model: ModelMetadata): Record<string, unknown> | undefined {
  const entries = model.primaryKey.map((name) => [name, (row as Record<string, unknown>)[name]] as const);
  if (entries.some(([, value]) => value === undefined || value === null)) return undefined;
  return Object.fromEntries(entries);
}

function uniqueKey(model: ModelMetadata, key: Record<string, unknown>): Record<string, unknown> {
  return model.primaryKey.length === 1 ? key : { [model.primaryKeyName ?? model.primaryKey.join('_')]: key };
}

function checkFields(fields: readonly string[] | undefined, model: ModelMetadata): void {
  for (const name of fields ?? []) {
    const field = model.fields[name];
    const isColumn = field?.kind === 'scalar' || (field?.kind === 'relation' && field.fromFields.length > 0);
    if (!isColumn || model.primaryKey.includes(name)) {
      throw new InvalidValueError(
        `updateFields names "${name}", which is no field of ${model.name} that can be written.`,
      );
    }
  }
}

/** The columns to write, the key apart. */
function writtenValues(
  data: Record<string, unknown>,
  updateFields: readonly string[] | undefined,
  model: ModelMetadata,
): Record<string, unknown> {
  const isWritten = (name: string): boolean =>
    model.fields[name]?.kind === 'scalar' &&
    !model.primaryKey.includes(name) &&
    (!updateFields || updateFields.some((field) => columnsOf(field, model).includes(name)));
  return Object.fromEntries(Object.entries(data).filter(([name]) => isWritten(name)));
}

function columnsOf(name: string, model: ModelMetadata): readonly string[] {
  const field = model.fields[name];
  return field?.kind === 'relation' ? field.fromFields : [name];
}
