import { predicate } from './comparison.js';
import type { Comparison, Outcome } from './lookups.js';
import { keyword, parameter, sql } from './sql.js';
import { toParameter } from './to-parameter.js';
import { elementOf } from './value-type.js';

/** Whether a scalar list has a value. */
export function has({ left, right, scope }: Comparison): Outcome {
  if (right === null) return false;
  const value = parameter(toParameter(right, elementOf(left.type), scope));
  return predicate(sql`${value} = any(${left.node})`, left);
}

/** Whether a scalar list has every one of some values. */
export function hasEvery(comparison: Comparison): Outcome {
  return compareLists('@>', comparison);
}

/** Whether a scalar list has any one of some values. */
export function hasSome(comparison: Comparison): Outcome {
  return compareLists('&&', comparison);
}

/** Whether every value of a scalar list is among some values. */
export function listContainedBy(comparison: Comparison): Outcome {
  return compareLists('<@', comparison);
}

export function isEmpty({ left, right }: Comparison): Outcome {
  return predicate(right ? sql`cardinality(${left.node}) = 0` : sql`cardinality(${left.node}) > 0`, left);
}

function compareLists(operator: '@>' | '<@' | '&&', { left, right, scope }: Comparison): Outcome {
  const list = parameter(toParameter(right, left.type, scope));
  return predicate(sql`${left.node} ${keyword(operator)} ${list}`, left);
}
