import type { Database } from '../database/database.js';
import { QExpression } from '../expressions/q.js';
import type { ModelMetadata } from '../metadata/schema.js';
import { compileSelect } from './compiler.js';
import { fetchRows, statementFor } from './execute.js';
import { isSliced } from './slice.js';
import type { QueryState } from './state.js';

/** Reads what a query finds chunk by chunk, without holding more than one chunk where the database allows that. */
export async function* rowChunks(
  state: QueryState,
  database: Database,
  size: number,
): AsyncGenerator<unknown[], void, undefined> {
  if (database.dialect === 'postgres' && database.stream) {
    yield* streamed(state, database, database.stream.bind(database), size);
    return;
  }
  const model = database.schema.models[state.model]!;
  const chunks = isReadByKey(state, model)
    ? chunksByKey(state, database, model, size)
    : chunksOfAll(state, database, size);
  yield* chunks;
}

async function* streamed(
  state: QueryState,
  database: Database,
  stream: NonNullable<Database['stream']>,
  size: number,
): AsyncGenerator<unknown[], void, undefined> {
  const statement = statementFor(database);
  const { node, shape, isEmpty } = compileSelect(state, statement);
  if (isEmpty) return;
  const { sql, parameters } = statement.dialect.compile(node);
  const { read } = shape;
  for await (const rows of stream(sql, parameters, size)) yield rows.map((row) => read(row));
}

/** Whether the rows can be read in the order of their keys, each chunk from the last key on. */
function isReadByKey(state: QueryState, model: ModelMetadata): boolean {
  return (
    model.primaryKey.length === 1 &&
    state.selection.kind === 'model' &&
    !state.ordering?.length &&
    !state.distinct &&
    !state.combination &&
    !isSliced(state)
  );
}

async function* chunksByKey(
  state: QueryState,
  database: Database,
  model: ModelMetadata,
  size: number,
): AsyncGenerator<unknown[], void, undefined> {
  const key = model.primaryKey[0]!;
  const ordered = { ...state, ordering: [key], isReversed: false, end: size };
  let { conditions } = state;
  for (;;) {
    const rows = await rowsOf({ ...ordered, conditions }, database);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    const last = (rows.at(-1) as Record<string, unknown>)[key];
    conditions = [...state.conditions, new QExpression([{ [key]: { gt: last } }])];
  }
}

async function* chunksOfAll(
  state: QueryState,
  database: Database,
  size: number,
): AsyncGenerator<unknown[], void, undefined> {
  const rows = await rowsOf(state, database);
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

async function rowsOf(state: QueryState, database: Database): Promise<unknown[]> {
  const statement = statementFor(database);
  const { node, shape, isEmpty } = compileSelect(state, statement);
  return isEmpty ? [] : fetchRows(database, statement.dialect, node, shape);
}
