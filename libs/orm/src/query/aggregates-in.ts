import { Aggregate } from '../expressions/aggregate.js';
import type { Expression } from '../expressions/expression.js';

/** The aggregates of an expression that are computed where the expression stands. */
export function aggregatesIn(expression: Expression): Aggregate[] {
  if (expression instanceof Aggregate) return [expression];
  if (expression.opensScope) return [];
  return expression.sources.flatMap((inner) => aggregatesIn(inner));
}
