import type { SqlDriverAdapter, Transaction } from '@prisma/driver-adapter-utils';
import { executeScript } from '../adapter/execute-script.js';
import { splitStatements } from '../adapter/split-statements.js';
import { sqlTokens } from '../adapter/sql-tokens.js';
import { sqlQuery } from '../adapter/sql-query.js';
import { MigrationError } from './migration-error.js';
import type { MigrationFile } from './migration-files.js';
import { MigrationHistory } from './migration-history.js';

/** Statements that a database runs outside of transactions only; inside one SQLite's pragmas do nothing. */
const standalone =
  /^(?:VACUUM|PRAGMA|CREATE (?:DATABASE|TABLESPACE)|DROP (?:DATABASE|TABLESPACE)|ALTER SYSTEM)\b|\bCONCURRENTLY\b/;
const transactionControl = /^(?:BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT)\b/;

/** Whether the migration can be undone as a whole when it fails. */
export function isTransactional({ script }: MigrationFile): boolean {
  return !splitStatements(script).some((statement) => standalone.test(outlineOf(statement)));
}

/** Runs a migration and records it, all or nothing. */
export async function runInTransaction(transaction: Transaction, migration: MigrationFile): Promise<void> {
  const history = new MigrationHistory(transaction);
  const id = await history.begin(migration);
  const script = withoutTransaction(migration);
  await executeScript(transaction, script).catch((cause: unknown) => {
    throw failure(migration, cause, 'nothing of it was applied');
  });
  await history.finish(id);
}

/** Runs a migration that no transaction can hold; where it fails, its record says so until somebody has looked. */
export async function runStandalone(connection: SqlDriverAdapter, migration: MigrationFile): Promise<void> {
  const history = new MigrationHistory(connection);
  const id = await history.begin(migration);
  try {
    await executeScript(connection, migration.script);
  } catch (cause) {
    const error = failure(migration, cause, 'a part of it may have been applied');
    await history.fail(id, error.message);
    throw error;
  }
  await history.finish(id);
}

/** Ends a driver's transaction, whichever way the driver does that. */
export async function endTransaction(transaction: Transaction, end: 'commit' | 'rollback'): Promise<void> {
  try {
    if (!transaction.options.usePhantomQuery) {
      await transaction.executeRaw(sqlQuery(end === 'commit' ? 'COMMIT' : 'ROLLBACK'));
    }
  } finally {
    await transaction[end]();
  }
}

/** A script that brings its own `BEGIN` and `COMMIT` runs in ours just as well. */
function withoutTransaction({ name, script }: MigrationFile): string {
  const statements = splitStatements(script);
  const isControl = (statement: string | undefined) =>
    statement !== undefined && transactionControl.test(outlineOf(statement));
  const inner =
    isControl(statements[0]) && isControl(statements.at(-1)) ? statements.slice(1, -1) : statements;
  if (inner.some(isControl)) {
    throw new MigrationError(
      `The migration ${name} begins or ends transactions in its midst: split it into several migrations.`,
    );
  }
  return inner.join(';\n');
}

function outlineOf(statement: string): string {
  return sqlTokens(statement)
    .map(({ kind, text }) => (kind === 'word' ? text.toUpperCase() : '?'))
    .join(' ');
}

function failure({ name }: MigrationFile, cause: unknown, state: string): MigrationError {
  return new MigrationError(`The migration ${name} failed, ${state}: ${messageOf(cause)}`, { cause });
}

function messageOf(error: unknown): string {
  const driverMessage = (error as { cause?: { originalMessage?: string } }).cause?.originalMessage;
  return driverMessage ?? (error instanceof Error ? error.message : String(error));
}
