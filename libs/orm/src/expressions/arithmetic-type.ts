import { FieldError } from '../errors.js';
import { isNumeric, isTemporal, typeOf, type ValueType } from '../query/value-type.js';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';

const ranks = ['Int', 'BigInt', 'Decimal', 'Float'] as const;

/** The type of what an arithmetic operator computes; throws where the two sides do not go together. */
export function arithmeticType(operator: ArithmeticOperator, left: ValueType, right: ValueType): ValueType {
  if (left.kind === 'Unknown') return right;
  if (right.kind === 'Unknown') return left;
  if (isNumeric(left) && isNumeric(right)) return widest(left, right);
  if (operator === '-' && isTemporal(left) && left.kind === right.kind) return typeOf('Duration');
  if ((operator === '+' || operator === '-') && isTemporal(left) && right.kind === 'Duration') {
    return left.kind === 'Date' ? typeOf('DateTime') : left;
  }
  if (operator === '+' && left.kind === 'Duration' && isTemporal(right)) return right;
  if (left.kind === 'Duration' && (right.kind === 'Duration' || isNumeric(right))) return left;
  throw new FieldError(
    `The operator ${operator} cannot combine ${left.kind} and ${right.kind}; cast one of them.`,
  );
}

/** The numeric type that holds the values of both. */
export function widest(left: ValueType, right: ValueType): ValueType {
  const rank = (type: ValueType): number => ranks.indexOf(type.kind as (typeof ranks)[number]);
  return typeOf(ranks[Math.max(rank(left), rank(right))]!);
}
