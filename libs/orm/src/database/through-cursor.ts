import { randomBytes } from 'node:crypto';
import type { SqlResultSet } from '@prisma/driver-adapter-utils';

/** The one connection that a cursor lives on. */
export interface CursorConnection {
  execute(sql: string, parameters?: readonly unknown[]): Promise<unknown>;
  query(sql: string): Promise<SqlResultSet>;
  /** Gives the connection back, where it was taken for the cursor. */
  release(): Promise<void>;
}

export interface CursorOptions {
  /** How many rows come at a time. */
  chunkSize: number;
  /** Whether the cursor outlives the statement without a transaction: the database then keeps the rows for it. */
  isHeld: boolean;
}

/** Reads the rows of a `SELECT` chunk by chunk through a cursor of PostgreSQL's. */
export async function* throughCursor(
  connection: CursorConnection,
  sql: string,
  parameters: readonly unknown[],
  { chunkSize, isHeld }: CursorOptions,
): AsyncGenerator<SqlResultSet['rows'], void, undefined> {
  const name = `"quintet_${randomBytes(6).toString('hex')}"`;
  try {
    const hold = isHeld ? ' WITH HOLD' : '';
    await connection.execute(`DECLARE ${name} NO SCROLL CURSOR${hold} FOR ${sql}`, parameters);
    try {
      for (;;) {
        const { rows } = await connection.query(`FETCH ${Math.trunc(chunkSize)} FROM ${name}`);
        if (rows.length > 0) yield rows;
        if (rows.length < chunkSize) return;
      }
    } finally {
      // A transaction that has failed has closed it.
      await connection.execute(`CLOSE ${name}`).catch(() => {});
    }
  } finally {
    await connection.release();
  }
}
