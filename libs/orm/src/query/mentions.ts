import { Aggregate } from '../expressions/aggregate.js';
import { Expression } from '../expressions/expression.js';
import { Reference } from '../expressions/reference.js';
import { WindowExpression } from '../expressions/window.js';
import type { Annotation } from './annotations.js';
import type { Condition } from './condition.js';

type Entries = ReadonlyMap<string, Annotation>;
type Test = (expression: Expression) => boolean;

/** Whether an expression is computed over a window, directly or by an annotation that it names. */
export function usesWindow(expression: Expression, annotations: Entries): boolean {
  return uses(expression, annotations, isWindow);
}

/** Whether a condition can be decided only after windows were computed. */
export function mentionsWindow(condition: Condition, annotations: Entries): boolean {
  return mentions(condition, annotations, isWindow);
}

/** Whether a condition can be decided only of groups of rows. */
export function mentionsAggregate(condition: Condition, annotations: Entries): boolean {
  return mentions(condition, annotations, isAggregate);
}

/** Whether an expression is computed of many rows, directly or by an annotation that it names. */
export function usesAggregate(expression: Expression, annotations: Entries): boolean {
  return uses(expression, annotations, isAggregate);
}

function isAggregate(expression: Expression): boolean {
  return expression instanceof Aggregate;
}

function isWindow(expression: Expression): boolean {
  return expression instanceof WindowExpression;
}

function uses(expression: Expression, annotations: Entries, test: Test): boolean {
  if (test(expression)) return true;
  if (expression instanceof Reference) return nameUses(expression.path, annotations, test);
  return expression.sources.some((inner) => uses(inner, annotations, test));
}

function nameUses(path: string, annotations: Entries, test: Test): boolean {
  if (annotations.size === 0) return false;
  const annotation = annotations.get(path.split('.', 1)[0]!);
  return annotation !== undefined && uses(annotation.expression, annotations, test);
}

function mentions(condition: Condition, annotations: Entries, test: Test): boolean {
  switch (condition.kind) {
    case 'group':
      return condition.conditions.some((inner) => mentions(inner, annotations, test));
    case 'not':
      return mentions(condition.condition, annotations, test);
    case 'lookup': {
      const { left, right } = condition;
      const isLeft =
        typeof left === 'string' ? nameUses(left, annotations, test) : uses(left, annotations, test);
      return isLeft || (right instanceof Expression && uses(right, annotations, test));
    }
    case 'expression':
      return uses(condition.expression, annotations, test);
    case 'related':
    case 'constant':
      return false;
  }
}
