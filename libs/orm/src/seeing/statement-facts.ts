import { factChannel } from '@nest-quintet/core';
import type { Database, Dialect, StatementEvent } from '../database/database.js';
import { describeCallSite } from './call-site.js';

/** What is told of one statement, whoever sent it. Times are those of `performance.now()`. */
export interface StatementFact extends Pick<
  StatementEvent,
  | 'database'
  | 'sql'
  | 'parameters'
  | 'startedAt'
  | 'milliseconds'
  | 'rows'
  | 'transaction'
  | 'savepoint'
  | 'error'
> {
  /** The function and the line of the application that sent it. */
  readonly from?: string;
  /** The model whose rows it reads or writes first. */
  readonly model?: string;
  /** Asks the database how it runs this very statement; nothing is executed. */
  explain(): Promise<string>;
}

const statementFacts = factChannel<StatementFact>('statement');

const EXPLAIN: Readonly<Record<Dialect, string>> = {
  postgres: 'EXPLAIN',
  mysql: 'EXPLAIN FORMAT=TREE',
  sqlite: 'EXPLAIN QUERY PLAN',
};

/** Tells of every statement of a database, where somebody watches when the application starts. */
export function tellStatements(database: Database): Disposable | undefined {
  if (!statementFacts.isWatched) return undefined;
  const models = new Map(Object.values(database.schema.models).map(({ table, name }) => [table, name]));
  return database.observe({
    needsCallSite: true,
    statement({ callSite, reads, writes, ...event }) {
      const [table] = [...writes, ...reads];
      const model = models.get(table ?? '');
      statementFacts.tell({
        ...event,
        ...(callSite && { from: describeCallSite(callSite) }),
        ...(model !== undefined && { model }),
        explain: () => explain(database, event.sql, event.parameters),
      });
    },
  });
}

async function explain(database: Database, sql: string, parameters: readonly unknown[]): Promise<string> {
  const { rows } = await database.query(`${EXPLAIN[database.dialect]} ${sql}`, parameters);
  return rows.map((row) => String(row.at(-1))).join('\n');
}
