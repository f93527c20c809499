import type { StatementEvent } from '../database/database.js';
import { describeCallSite } from './call-site.js';
import { observing } from './flow-observers.js';
import { UnexpectedQueriesError } from './unexpected-queries-error.js';

export interface AssertNumQueriesOptions {
  /** The alias of the only database whose statements count. Default: all of them. */
  using?: string;
}

/**
 * Runs `fn`, and makes sure that it, and what it calls, sends that many statements; returns what `fn` returns.
 *
 * The statements that begin and end transactions and savepoints do not count.
 *
 * @example
 * const page = await assertNumQueries(2, () => books.prefetchRelated('authors'));
 *
 * @throws UnexpectedQueriesError with all of the statements. Django: `assertNumQueries`.
 */
export async function assertNumQueries<T>(
  expected: number,
  fn: () => T | Promise<T>,
  { using }: AssertNumQueriesOptions = {},
): Promise<T> {
  const sent: StatementEvent[] = [];
  const statement = (event: StatementEvent) => {
    if (using === undefined || event.database === using) sent.push(event);
  };
  const result = await observing({ statement, needsCallSite: true }, fn);
  if (sent.length === expected) return result;
  const list = sent.map(({ sql, callSite }, index) => {
    const from = callSite ? `\n     from ${describeCallSite(callSite)}` : '';
    return `\n  ${index + 1}. ${sql}${from}`;
  });
  throw new UnexpectedQueriesError(
    `Expected ${expected} statements but ${sent.length} were sent:${list.join('')}`,
  );
}
