import type { SqlDriverAdapter, SqlQueryable } from '@prisma/driver-adapter-utils';
import { splitStatements } from './split-statements.js';
import { sqlQuery } from './sql-query.js';

/**
 * Runs a script statement by statement.
 *
 * What adapters offer for this splits at every semicolon, or does not wait for the end.
 */
export async function executeScript(target: SqlQueryable, script: string): Promise<void> {
  for (const statement of splitStatements(script)) await target.executeRaw(sqlQuery(statement));
}

/** Gives an adapter an `executeScript` that does as it says. */
export function scriptAdapter(driver: SqlDriverAdapter): SqlDriverAdapter {
  return {
    provider: driver.provider,
    adapterName: driver.adapterName,
    queryRaw: (query) => driver.queryRaw(query),
    executeRaw: (query) => driver.executeRaw(query),
    executeScript: (script) => executeScript(driver, script),
    startTransaction: (isolationLevel) => driver.startTransaction(isolationLevel),
    dispose: () => driver.dispose(),
    ...(driver.getConnectionInfo && { getConnectionInfo: () => driver.getConnectionInfo!() }),
  };
}
