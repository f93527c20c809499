import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../database/database.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import type { SignalSender } from './signal-sender.js';

interface BulkWrite {
  readonly operation: string;
  readonly where?: unknown;
  readonly data?: unknown;
}

/** The part of a database that signals stand on. */
export type SignalDatabase = Pick<Database, 'alias' | 'atomic' | 'observe' | 'setRollback'>;

const senders = new WeakMap<object, SignalSender>();
/** The tables that the statements of the current raw call have written. */
const written = new AsyncLocalStorage<Set<string>>();

/** Remembers who sends the signals of a database. */
export function useSender(database: SignalDatabase, sender: SignalSender): void {
  senders.set(database, sender);
}

/** Whether anybody listens to what the question is about. */
export function isHeard(database: SignalDatabase, ask: (sender: SignalSender) => boolean): boolean {
  const sender = senders.get(database);
  return sender !== undefined && ask(sender);
}

/** Runs a statement of a QuerySet that writes many rows, and sends `postBulkWrite` in the same transaction. */
export function sendingBulkWrite(
  database: SignalDatabase,
  model: string,
  bulk: BulkWrite,
  write: () => Promise<number>,
): Promise<number> {
  const sender = senders.get(database);
  if (!sender?.hearsBulkWrite(model)) return write();
  return database.atomic(async () => {
    const count = await write();
    await sender.bulkWrite(model, { ...bulk, count });
    return count;
  });
}

/** Runs raw SQL, and sends `postBulkWrite` of every model whose table it may have written. */
export function sendingRawWrites(
  database: SignalDatabase,
  schema: SchemaMetadata,
  operation: string,
  execute: () => Promise<unknown>,
): Promise<unknown> {
  const sender = senders.get(database);
  const heard = Object.values(schema.models).filter(({ name }) => sender?.hearsBulkWrite(name));
  if (!sender || heard.length === 0) return execute();
  const tables = new Set<string>();
  return database.atomic(async () => {
    const observing = database.observe({
      statement({ writes }) {
        if (written.getStore() === tables) for (const table of writes) tables.add(table);
      },
    });
    try {
      const answer = await written.run(tables, async () => await execute());
      const count = Array.isArray(answer) ? answer.length : Number(answer);
      for (const { name, table } of heard) {
        if (tables.has(table)) await sender.bulkWrite(name, { operation, count });
      }
      return answer;
    } finally {
      observing[Symbol.dispose]();
    }
  });
}
