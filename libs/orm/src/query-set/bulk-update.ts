import type { OperationNode } from 'kysely';
import type { Database } from '../database/database.js';
import { FieldError, InvalidValueError } from '../errors.js';
import { Case, When } from '../expressions/case.js';
import { Expression, Literal } from '../expressions/expression.js';
import { F } from '../expressions/reference.js';
import { QExpression } from '../expressions/q.js';
import type { ModelMetadata, ScalarField } from '../metadata/schema.js';
import { statementFor, write } from '../query/execute.js';
import { findField, keyFields } from '../query/names.js';
import { initialState } from '../query/state.js';
import type { Statement } from '../query/statement.js';
import { compileUpdate } from '../query/update.js';
import { updateFromLists } from '../query/update-from-lists.js';
import { fieldType } from '../query/value-type.js';
import { sendingBulkWrite } from '../signals/bulk-writes.js';

/** Writes some fields of rows, each its own values, by one statement a batch. */
export async function bulkUpdate(
  database: Database,
  modelName: string,
  rows: readonly object[],
  fields: readonly string[],
  { batchSize }: { batchSize?: number },
): Promise<number> {
  const model = database.schema.models[modelName]!;
  if (batchSize !== undefined && batchSize < 1)
    throw new InvalidValueError('bulkUpdate() takes a batchSize from 1 on.');
  if (fields.length === 0) throw new InvalidValueError('bulkUpdate() takes the fields to write.');
  const columns = fields.map((name) => column(name, model));
  const data = rows as readonly Record<string, unknown>[];
  if (data.some((row) => model.primaryKey.some((name) => (row[name] ?? null) === null)))
    throw new InvalidValueError('bulkUpdate() takes rows with a key.');
  if (data.length === 0) return 0;
  const size = batchSize ?? rows.length;
  // One statement is a transaction by itself.
  if (data.length <= size) return updateBatch(database, model, data, columns);
  return database.atomic(
    async () => {
      let updated = 0;
      for (let start = 0; start < data.length; start += size) {
        updated += await updateBatch(database, model, data.slice(start, start + size), columns);
      }
      return updated;
    },
    { savepoint: false },
  );
}

function column(name: string, model: ModelMetadata): ScalarField {
  const field = findField(model, name);
  if (!field) throw FieldError.unknown(name, model.name, Object.keys(model.fields));
  if (field.kind === 'scalar' && model.primaryKey.includes(field.name)) {
    throw new InvalidValueError('bulkUpdate() cannot write the key.');
  }
  if (field.kind === 'scalar') return field;
  const [own] = field.fromFields;
  const owned = own === undefined ? undefined : model.fields[own];
  if (owned?.kind !== 'scalar')
    throw new InvalidValueError(`bulkUpdate() writes columns, and "${name}" is none.`);
  return owned;
}

function updateBatch(
  database: Database,
  model: ModelMetadata,
  rows: readonly Record<string, unknown>[],
  columns: readonly ScalarField[],
): Promise<number> {
  const statement = statementFor(database);
  const node =
    updateFromLists(model, keyFields(model), columns, rows, statement) ??
    updateByCase(model, rows, columns, statement);
  return sendingBulkWrite(database, model.name, { operation: 'bulkUpdate', data: rows }, () =>
    write(database, statement.dialect, node),
  );
}

/** Chooses each row's value by its key. */
function updateByCase(
  model: ModelMetadata,
  rows: readonly Record<string, unknown>[],
  columns: readonly ScalarField[],
  statement: Statement,
): OperationNode {
  const keyOf = (row: Record<string, unknown>) =>
    Object.fromEntries(model.primaryKey.map((name) => [name, row[name]]));
  const values = columns.map((field) => {
    const branches = rows.map((row) => When(keyOf(row), valueOf(row[field.name], field)));
    // The column itself, which is never chosen, gives the values its type.
    return [field.name, Case(branches as never, { default: F(field.name) })] as const;
  });
  const [key, ...others] = model.primaryKey;
  const found =
    others.length === 0 ? { [key!]: { in: rows.map((row) => row[key!]) } } : { OR: rows.map(keyOf) };
  const state = { ...initialState(model.name), conditions: [new QExpression([found])] };
  return compileUpdate(state, Object.fromEntries(values), statement).node;
}

function valueOf(value: unknown, field: ScalarField): Expression {
  return value instanceof Expression ? value : new Literal(value ?? null, fieldType(field));
}
