import type { Database } from '../database/database.js';
import { QExpression } from '../expressions/q.js';
import { compileExists } from '../query/aggregation.js';
import { fetchValue, statementFor } from '../query/execute.js';
import { initialState } from '../query/state.js';

/** Whether a model has a row with these values, apart from the one with the key `except`. */
export async function hasRow(
  database: Database,
  model: string,
  values: Readonly<Record<string, unknown>>,
  except?: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const conditions = [new QExpression([values]), ...(except ? [new QExpression([{ NOT: except }])] : [])];
  const statement = statementFor(database);
  const { node, isEmpty } = compileExists({ ...initialState(model), conditions }, statement);
  return !isEmpty && (await fetchValue(database, statement.dialect, node)) !== undefined;
}
