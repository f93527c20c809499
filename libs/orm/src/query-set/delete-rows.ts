import type { Database } from '../database/database.js';
import { ProtectedError } from '../errors.js';
import { QExpression } from '../expressions/q.js';
import type { ModelMetadata, RelationField } from '../metadata/schema.js';
import { compileCount } from '../query/aggregation.js';
import { compileSelect } from '../query/compiler.js';
import { fetchRows, fetchValue, statementFor, write } from '../query/execute.js';
import { initialState, type QueryState } from '../query/state.js';
import { compileDelete } from '../query/update.js';
import { isHeard } from '../signals/bulk-writes.js';
import type { SignalSender } from '../signals/signal-sender.js';
import { clientModel } from './client-model.js';

/** How many rows were deleted in all, and of each model; rows of join tables under the name of the table. */
export type DeleteResult = [total: number, perModel: Record<string, number>];

/** Deletes what a query finds through the Prisma client; the database follows `onDelete`, and its cascades are counted. */
export async function deleteRows(state: QueryState, database: Database): Promise<DeleteResult> {
  const model = database.schema.models[state.model]!;
  if (standsAlone(model) && !isHeard(database, (sender) => hears(sender, model.name))) {
    const count = await deleteAtOnce(state, database);
    return [count, count > 0 ? { [model.name]: count } : {}];
  }
  return database.atomic(async () => {
    const keys = knownKeys(state, model) ?? (await keysOf(state, database));
    if (keys.length === 0) return [0, {}];
    const counts = new Map<string, number>();
    const deleted = new Map<string, Set<unknown>>([[model.name, new Set(keys.map(identity))]]);
    await countCascades(model, keys, counts, deleted, database);
    const { count } = await clientModel(database, model.name).deleteMany({
      where: keyCondition(model, keys),
    });
    counts.set(model.name, (counts.get(model.name) ?? 0) + count);
    const perModel = Object.fromEntries([...counts].filter(([, count]) => count > 0));
    return [Object.values(perModel).reduce((total, count) => total + count, 0), perModel];
  });
}

/** Whether no other rows refer to the model's, so that nothing goes with them. */
function standsAlone(model: ModelMetadata): boolean {
  return Object.values(model.fields).every((field) => field.kind === 'scalar' || field.fromFields.length > 0);
}

function hears(sender: SignalSender, model: string): boolean {
  return sender.hearsDelete(model) || sender.hearsBulkWrite(model);
}

async function deleteAtOnce(state: QueryState, database: Database): Promise<number> {
  const statement = statementFor(database);
  const { node, isEmpty } = compileDelete(state, statement);
  return isEmpty ? 0 : write(database, statement.dialect, node);
}

/** The key that a query for one row names, so that it need not be read. */
function knownKeys({ conditions, isNone }: QueryState, model: ModelMetadata): unknown[] | undefined {
  const [condition, ...others] = conditions;
  if (isNone || !condition || others.length > 0 || condition.negated || condition.members.length !== 1)
    return undefined;
  const entries = Object.entries(condition.members[0] as object);
  const [name, value] = entries[0] ?? [];
  if (
    entries.length !== 1 ||
    model.primaryKey.length !== 1 ||
    (name !== 'pk' && name !== model.primaryKey[0])
  ) {
    return undefined;
  }
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint'
    ? [value]
    : undefined;
}

/** Keys of one column are its values, those of several are objects. */
function keyCondition(model: ModelMetadata, keys: readonly unknown[]): object {
  return model.primaryKey.length === 1 ? { [model.primaryKey[0]!]: { in: keys } } : { OR: keys };
}

/** What tells one key from another. */
function identity(key: unknown): unknown {
  return typeof key === 'object' && key !== null ? Object.values(key).map(String).join('\0') : key;
}

async function keysOf(state: QueryState, database: Database): Promise<unknown[]> {
  const statement = statementFor(database);
  const names = database.schema.models[state.model]!.primaryKey;
  const form = names.length === 1 ? 'flat' : 'object';
  const selection = { kind: 'values', names, form } as const;
  const { node, shape, isEmpty } = compileSelect({ ...state, selection }, statement);
  return isEmpty ? [] : fetchRows(database, statement.dialect, node, shape);
}

/** Counts what goes with some rows, relation by relation. */
async function countCascades(
  model: ModelMetadata,
  keys: readonly unknown[],
  counts: Map<string, number>,
  deleted: Map<string, Set<unknown>>,
  database: Database,
): Promise<void> {
  for (const field of Object.values(model.fields)) {
    if (field.kind !== 'relation') continue;
    if (field.through) {
      const { table } = field.through;
      counts.set(table, (counts.get(table) ?? 0) + (await countLinks(model, field, keys, database)));
    } else if (field.fromFields.length === 0) {
      await countDependents(field, keyCondition(model, keys), counts, deleted, database);
    }
  }
}

async function countLinks(
  model: ModelMetadata,
  field: RelationField,
  keys: readonly unknown[],
  database: Database,
): Promise<number> {
  const state: QueryState = {
    ...initialState(model.name),
    conditions: [
      new QExpression([keyCondition(model, keys)]),
      new QExpression([{ [field.name]: { isnull: false } }]),
    ],
    selection: { kind: 'values', names: [field.name], form: 'flat' },
  };
  const statement = statementFor(database);
  return Number(await fetchValue(database, statement.dialect, compileCount(state, statement).node));
}

async function countDependents(
  field: RelationField,
  /** What the rows meet that are referred to. */
  where: object,
  counts: Map<string, number>,
  deleted: Map<string, Set<unknown>>,
  database: Database,
): Promise<void> {
  const model = database.schema.models[field.model]!;
  const inverse = model.fields[field.inverse] as RelationField;
  const action = inverse.onDelete ?? (inverse.isRequired ? 'Restrict' : 'SetNull');
  if (action === 'SetNull' || action === 'SetDefault') return;
  const condition = new QExpression([{ [inverse.name]: where }]);
  const found = await keysOf({ ...initialState(model.name), conditions: [condition] }, database);
  const known = deleted.get(model.name) ?? new Set();
  const dependents = found.filter((key) => !known.has(identity(key)));
  if (dependents.length === 0) return;
  if (action !== 'Cascade') {
    throw new ProtectedError(
      `${dependents.length} rows of ${model.name} refer to these rows by "${inverse.name}", whose onDelete is ${action}.`,
    );
  }
  for (const key of dependents) known.add(identity(key));
  deleted.set(model.name, known);
  counts.set(model.name, (counts.get(model.name) ?? 0) + dependents.length);
  await countCascades(model, dependents, counts, deleted, database);
}
