import { Expression } from '../expressions/expression.js';
import { Reference } from '../expressions/reference.js';
import { WindowExpression } from '../expressions/window.js';
import type { Annotation } from './annotations.js';
import type { Condition } from './condition.js';

type Entries = ReadonlyMap<string, Annotation>;

/** Whether an expression is computed over a window, directly or by an annotation that it names. */
export function usesWindow(expression: Expression, annotations: Entries): boolean {
  if (expression instanceof WindowExpression) return true;
  if (expression instanceof Reference) return nameUsesWindow(expression.path, annotations);
  return expression.sources.some((inner) => usesWindow(inner, annotations));
}

function nameUsesWindow(path: string, annotations: Entries): boolean {
  const annotation = annotations.get(path.split('.', 1)[0]!);
  return annotation !== undefined && usesWindow(annotation.expression, annotations);
}

/** Whether a condition can be decided only after windows were computed. */
export function mentionsWindow(condition: Condition, annotations: Entries): boolean {
  switch (condition.kind) {
    case 'group':
      return condition.conditions.some((inner) => mentionsWindow(inner, annotations));
    case 'not':
      return mentionsWindow(condition.condition, annotations);
    case 'lookup': {
      const { left, right } = condition;
      const isLeft =
        typeof left === 'string' ? nameUsesWindow(left, annotations) : usesWindow(left, annotations);
      return isLeft || (right instanceof Expression && usesWindow(right, annotations));
    }
    case 'expression':
      return usesWindow(condition.expression, annotations);
    case 'related':
    case 'constant':
      return false;
  }
}
