import { arithmetic, negate } from './arithmetic.js';
import { raise } from './errors.js';
import { HostObject, tuple, type Value } from './host-object.js';
import type { BinaryOperator, UnaryOperator } from './syntax.js';
import { formatPercent } from './text.js';
import { isNumber, isTuple, typeName } from './types.js';

const symbols: Record<BinaryOperator | UnaryOperator, string> = {
  Add: '+',
  Sub: '-',
  Mult: '*',
  Div: '/',
  FloorDiv: '//',
  Mod: '%',
  Pow: '**',
  BitAnd: '&',
  BitOr: '|',
  BitXor: '^',
  LShift: '<<',
  RShift: '>>',
  USub: '-',
  UAdd: '+',
  Invert: '~',
};

export async function unary(operator: UnaryOperator, operand: Value): Promise<Value> {
  if (operand instanceof HostObject && operand.unary) return operand.unary(operator);
  if (!isNumber(operand))
    raise('TypeError', `bad operand type for unary ${symbols[operator]}: '${typeName(operand)}'`);
  return negate(operator, operand);
}

export async function binary(operator: BinaryOperator, left: Value, right: Value): Promise<Value> {
  if (left instanceof HostObject && left.binary) {
    const result = await left.binary(operator, right, false);
    if (result !== undefined) return result;
  }
  if (right instanceof HostObject && right.binary) {
    const result = await right.binary(operator, left, true);
    if (result !== undefined) return result;
  }
  if (isNumber(left) && isNumber(right)) return arithmetic(operator, left, right);
  const result = onCollections(operator, left, right);
  if (result !== undefined) return result;
  return raise(
    'TypeError',
    `unsupported operand type(s) for ${symbols[operator]}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

function onCollections(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === 'Mod' && typeof left === 'string') return formatPercent(left, right);
  if (operator === 'Add') {
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    if (Array.isArray(left) && Array.isArray(right)) {
      const joined = [...left, ...right];
      return isTuple(left) ? tuple(joined) : joined;
    }
  }
  if (operator === 'Mult' && typeof right === 'number') {
    if (typeof left === 'string') return left.repeat(Math.max(0, right));
    if (Array.isArray(left)) return Array.from({ length: Math.max(0, right) }, () => left as Value[]).flat();
  }
  if (operator === 'BitOr' && left instanceof Map && right instanceof Map)
    return new Map([...left, ...right]);
  if (left instanceof Set && right instanceof Set) {
    if (operator === 'BitOr') return new Set([...left, ...right]);
    if (operator === 'BitAnd') return new Set([...left].filter((item) => right.has(item)));
    if (operator === 'Sub') return new Set([...left].filter((item) => !right.has(item)));
  }
  return undefined;
}
