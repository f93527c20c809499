import type { OperationNode } from 'kysely';
import type { Operand } from '../expressions/expression.js';
import { Expression, inherited, isExpressionSource } from '../expressions/expression.js';
import type { Comparison, Predicate } from './lookups.js';
import { parameter, sql } from './sql.js';
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
  if (type.kind !== 'Json') return { node: parameter(toParameter(value, type, scope)), type, literal: value };
  const json = value === null ? 'null' : toParameter(value, type, scope);
  return { node: scope.dialect.jsonValue(parameter(json)), type, literal: value };
}

/** A predicate over operands, with what it inherits from them. */
export function predicate(node: Predicate['node'], ...operands: Operand[]): Predicate {
  return { node, ...inherited(operands) };
}

/** The left side as it is compared: a condition in parentheses, as comparisons do not associate. */
export function leftNode({ left: { node, type }, scope }: Comparison): OperationNode {
  if (type.kind === 'Json') return scope.dialect.jsonValue(node, type);
  return type.kind === 'Boolean' && node.kind === 'RawNode' ? sql`(${node})` : node;
}

export function isExpression(value: unknown): boolean {
  return value instanceof Expression || isExpressionSource(value);
}
