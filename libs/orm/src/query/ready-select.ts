import type { Database } from '../database/database.js';
import type { Expression } from '../expressions/expression.js';
import { compileAggregation, compileCount, compileExists } from './aggregation.js';
import { compileSelect } from './compiler.js';
import { blankedExpression, expressionForm } from './expression-form.js';
import { type Parameter, type Question, type ReadyStatement, readyStatement } from './ready-statement.js';
import { FlatShape, type Shape } from './shape.js';
import type { QueryState } from './state.js';
import { textKey } from './text-key.js';
import { typeOf } from './value-type.js';

/** A `SELECT` that needs only to be sent. */
export type ReadySelect = ReadyStatement<Shape>;

const rows: Question<Shape> = {
  key: 'rows',
  compile(state, statement) {
    const { node, shape, isEmpty } = compileSelect(state, statement);
    return { node, isEmpty, reading: shape };
  },
  sliced: limitAndOffset,
};

const count: Question<Shape> = {
  key: 'count',
  compile: (state, statement) => ({
    ...compileCount(state, statement),
    reading: new FlatShape(typeOf('Int'), statement.schema),
  }),
  sliced: limitAndOffset,
};

const exists: Question<Shape> = {
  key: 'exists',
  compile: (state, statement) => ({
    ...compileExists(state, statement),
    reading: new FlatShape(typeOf('Unknown'), statement.schema),
  }),
  sliced: limitAndOffset,
};

/** Compiles what a query selects. */
export function readySelect(state: QueryState, database: Database): ReadySelect {
  return readyStatement(state, database, rows);
}

/** Compiles `count()`. */
export function readyCount(state: QueryState, database: Database): ReadySelect {
  return readyStatement(state, database, count);
}

/** Compiles `exists()`. */
export function readyExists(state: QueryState, database: Database): ReadySelect {
  return readyStatement(state, database, exists);
}

/** Compiles `aggregate()`. */
export function readyAggregation(
  state: QueryState,
  expressions: ReadonlyMap<string, Expression>,
  database: Database,
): ReadySelect {
  let key: string | undefined = 'aggregate';
  const values: unknown[] = [];
  for (const [name, expression] of expressions) {
    const form: string | undefined = key === undefined ? undefined : expressionForm(expression, values);
    key = form === undefined ? undefined : `${key}${textKey(name)}${form}`;
  }
  return readyStatement(state, database, {
    key,
    values,
    compile(query, statement, firstBlank) {
      const asked = firstBlank === undefined ? expressions : blankedOf(expressions, firstBlank);
      const { node, shape, isEmpty } = compileAggregation(query, asked, statement);
      return { node, isEmpty, reading: shape };
    },
    sliced: limitAndOffset,
  });
}

function blankedOf(
  expressions: ReadonlyMap<string, Expression>,
  firstBlank: number,
): Map<string, Expression> {
  const count = { blanks: firstBlank };
  return new Map([...expressions].map(([name, expression]) => [name, blankedExpression(expression, count)]));
}

/** Sends a query, and reads its rows. */
export async function rowsOf(
  { sql, parameters, reading }: ReadySelect,
  database: Database,
): Promise<unknown[]> {
  const { rows: found } = await database.query(sql, parameters);
  const { read } = reading;
  return found.map((row) => read(row));
}

/** The last parameters: how many rows, and how many to leave out. */
function limitAndOffset({ start = 0, end }: QueryState): Parameter[] {
  const parameters: Parameter[] = [];
  if (end !== undefined) parameters.push((_, { end: last, start: first = 0 }) => last! - first);
  if (start > 0) parameters.push((_, state) => state.start);
  return parameters;
}
