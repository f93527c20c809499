import type { Database } from '../database/database.js';
import { RowValidation } from '../validation/row-validation.js';
import type { QueryContext } from './reading.js';

const contexts = new WeakMap<Database, Map<string, () => QueryContext>>();

/** Remembers what QuerySets of a model work with; the first manager of a model counts where none is named. */
export function registerContext(database: Database, model: string, context: () => QueryContext): void {
  const known = contexts.get(database) ?? new Map<string, () => QueryContext>();
  if (!known.has(model)) known.set(model, context);
  contexts.set(database, known);
}

/** What a QuerySet of a model works with that was reached from another model. */
export function contextOf(database: Database, model: string): QueryContext {
  const registered = contexts.get(database)?.get(model);
  if (registered) return registered();
  if (!database.validateOnSave) return { database };
  return { database, validation: new RowValidation(database, database.schema.models[model]!, {}) };
}
