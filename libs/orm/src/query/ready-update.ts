import type { Database } from '../database/database.js';
import { blankedUpdates, updatesForm } from './query-form.js';
import { type ReadyStatement, readyStatement } from './ready-statement.js';
import type { QueryState } from './state.js';
import { compileUpdate } from './update.js';

/** Compiles `update()`. */
export function readyUpdate(
  state: QueryState,
  updates: Readonly<Record<string, unknown>>,
  database: Database,
): ReadyStatement<undefined> {
  const form = updatesForm(updates);
  return readyStatement(state, database, {
    ...(form && { key: `update${form.key}`, values: form.values }),
    compile(query, statement, firstBlank) {
      const given = firstBlank === undefined ? updates : blankedUpdates(updates, firstBlank);
      return { ...compileUpdate(query, given, statement), reading: undefined };
    },
  });
}
