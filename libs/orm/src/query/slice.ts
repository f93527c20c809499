import type { SelectParts } from './select.js';
import { parameter } from './sql.js';
import type { SqlDialect } from './sql-dialect.js';
import type { QueryState } from './state.js';

/** The rows that a query keeps of those that it finds, as SQL says it. */
export function slice(
  { start = 0, end }: QueryState,
  dialect: SqlDialect,
): Pick<SelectParts, 'limit' | 'offset'> {
  const all = start > 0 ? dialect.noLimit : undefined;
  const limit = end === undefined ? all : parameter(Math.max(end - start, 0));
  return {
    ...(limit && { limit }),
    ...(start > 0 && { offset: parameter(start) }),
  };
}

/** Whether a query keeps only some of the rows that it finds. */
export function isSliced({ start = 0, end }: QueryState): boolean {
  return start > 0 || end !== undefined;
}
