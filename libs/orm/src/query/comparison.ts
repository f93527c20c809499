import type { Operand } from '../expressions/expression.js';
import { Expression, inherited, isExpressionSource } from '../expressions/expression.js';
import type { Comparison, Predicate } from './lookups.js';
import { parameter } from './sql.js';
import { toParameter } from './to-parameter.js';
import type { ValueType } from './value-type.js';

/** Binds the right side of a comparison: an expression to names, a value to the type of the left side. */
export function rightOperand(
  value: unknown,
  { left, scope }: Comparison,
  type: ValueType = left.type,
): Operand {
  if (value instanceof Expression) return value.resolve(scope);
  if (isExpressionSource(value)) return value.toExpression().resolve(scope);
  const bound = value === null && type.kind === 'Json' ? 'null' : toParameter(value, type, scope);
  return { node: parameter(bound), type, literal: value };
}

/** A predicate over operands, with what it inherits from them. */
export function predicate(node: Predicate['node'], ...operands: Operand[]): Predicate {
  return { node, ...inherited(operands) };
}

export function isExpression(value: unknown): boolean {
  return value instanceof Expression || isExpressionSource(value);
}
