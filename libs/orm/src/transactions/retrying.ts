import { setTimeout } from 'node:timers/promises';
import { driverError } from '../database/database-error-code.js';

/** Serialization failure and deadlock, as PostgreSQL (and the standard), MySQL and SQLite number them. */
const codes = new Set(['40001', '40P01', '1213', '1205', '5', '517']);

/** Whether a transaction failed for what others did at the same time, and may do better when it is run again. */
export function isConflict(error: unknown): boolean {
  if ((error as { code?: unknown } | null)?.code === 'P2034') return true;
  const said = driverError(error);
  return said?.kind === 'TransactionWriteConflict' || codes.has(said?.originalCode ?? '');
}

/** Runs `run`, and again while it fails for a conflict, up to `retries` times; the last failure is thrown. */
export async function retrying<T>(retries: number, run: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= retries || !isConflict(error)) throw error;
    }
    await setTimeout(pause(attempt));
  }
}

/** Milliseconds to wait: chance keeps those apart who ran into each other. */
function pause(attempt: number): number {
  return Math.random() * Math.min(1_000, 10 * 2 ** attempt);
}
