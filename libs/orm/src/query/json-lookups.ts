import { isExpression, predicate, rightOperand } from './comparison.js';
import type { Comparison, Lookup, Outcome } from './lookups.js';
import { parameter, sql } from './sql.js';
import { matches } from './text-lookups.js';

/** Whether a JSON document holds another one. */
export function jsonContains(comparison: Comparison): Outcome {
  const { left, right, scope } = comparison;
  const other = isExpression(right) ? rightOperand(right, comparison).node : parameter(JSON.stringify(right));
  return predicate(scope.dialect.jsonContains(left.node, other), left);
}

/** A lookup that finds a text in a text of a JSON document; of what is no text it says neither yes nor no. */
export function jsonMatches(place: 'contains' | 'startsWith' | 'endsWith'): Lookup {
  const find = matches(place);
  return (comparison) => {
    const { left, scope } = comparison;
    const outcome = find(comparison);
    const isText = scope.dialect.jsonIs(left.node, 'string');
    if (typeof outcome === 'boolean' || isText === undefined) return outcome;
    return { ...outcome, node: sql`case when ${isText} then ${outcome.node} end` };
  };
}

/** Whether another JSON document holds a document. */
export function jsonContainedBy(comparison: Comparison): Outcome {
  const { left, right, scope } = comparison;
  const other = isExpression(right) ? rightOperand(right, comparison).node : parameter(JSON.stringify(right));
  return predicate(scope.dialect.jsonContainedBy(left.node, other), left);
}

/** Whether a JSON object has keys. */
export function jsonHasKeys(quantifier: 'any' | 'all'): Lookup {
  return ({ left, right, scope }) => {
    const keys = (Array.isArray(right) ? right : [right]).map(String);
    return predicate(scope.dialect.jsonHasKeys(left.node, keys, quantifier), left);
  };
}
