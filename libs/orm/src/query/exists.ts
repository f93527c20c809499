import type { Predicate } from './lookups.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { keyword, sql } from './sql.js';

const one = keyword('1');

/** Whether a subquery's scope has a row that meets a predicate. */
export function exists(scope: Scope, predicate: Predicate | true): Predicate {
  const where = predicate === true ? scope.correlations : [...scope.correlations, predicate.node];
  const select = selectNode({ selections: [one], froms: scope.froms, joins: scope.joins, where });
  return { node: sql`exists ${select}` };
}
