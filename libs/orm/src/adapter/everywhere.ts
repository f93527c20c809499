import type { DatabaseObserver } from '../database/database.js';

/** Who observes all databases of the process; each tells its own flow from those of others. */
export const everywhere = new Set<DatabaseObserver>();

/** Observes every database, those that are connected later included. */
export function observeEverywhere(observer: DatabaseObserver): Disposable {
  everywhere.add(observer);
  return { [Symbol.dispose]: () => void everywhere.delete(observer) };
}
