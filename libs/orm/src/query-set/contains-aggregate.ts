import { Aggregate } from '../expressions/aggregate.js';
import type { Expression } from '../expressions/expression.js';
import { Reference } from '../expressions/reference.js';
import type { Annotation } from '../query/annotations.js';

/** Whether an expression is computed over many rows, directly or by an annotation that it names. */
export function containsAggregate(
  expression: Expression,
  annotations: ReadonlyMap<string, Annotation>,
): boolean {
  if (expression instanceof Aggregate) return true;
  if (expression instanceof Reference) return annotations.get(expression.path)?.isGrouped === true;
  return !expression.opensScope && expression.sources.some((inner) => containsAggregate(inner, annotations));
}
