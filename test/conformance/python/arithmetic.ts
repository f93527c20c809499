import { raise } from './errors.js';
import type { BinaryOperator, UnaryOperator } from './syntax.js';
import type { PythonNumber } from './types.js';

/** Computes with ints, floats and bools; an int grows beyond 2^53 as a bigint. */
export function arithmetic(operator: BinaryOperator, left: PythonNumber, right: PythonNumber): PythonNumber {
  const [a, b] = [Number(left), Number(right)];
  if (b === 0 && (operator === 'Div' || operator === 'FloorDiv' || operator === 'Mod')) {
    raise('ZeroDivisionError', 'division by zero');
  }
  if (operator === 'Div') return a / b;
  if (!isInteger(left) || !isInteger(right) || (operator === 'Pow' && b < 0)) return onFloats(operator, a, b);
  return normal(onIntegers(operator, BigInt(left), BigInt(right)));
}

function onFloats(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case 'Add':
      return a + b;
    case 'Sub':
      return a - b;
    case 'Mult':
      return a * b;
    case 'FloorDiv':
      return Math.floor(a / b);
    case 'Mod':
      return a - b * Math.floor(a / b);
    case 'Pow':
      return a ** b;
    default:
      return raise('TypeError', `floats know no ${operator}`);
  }
}

function onIntegers(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case 'Add':
      return a + b;
    case 'Sub':
      return a - b;
    case 'Mult':
      return a * b;
    case 'FloorDiv':
      return (a - modulo(a, b)) / b;
    case 'Mod':
      return modulo(a, b);
    case 'Pow':
      return a ** b;
    case 'BitAnd':
      return a & b;
    case 'BitOr':
      return a | b;
    case 'BitXor':
      return a ^ b;
    case 'LShift':
      return a << b;
    case 'RShift':
      return a >> b;
    case 'Div':
      return a / b;
  }
}

/** Python's remainder has the sign of the divisor. */
function modulo(a: bigint, b: bigint): bigint {
  return ((a % b) + b) % b;
}

/** Answers `-x`, `+x` and `~x`. */
export function negate(operator: UnaryOperator, operand: PythonNumber): PythonNumber {
  if (!isInteger(operand)) {
    return operator === 'Invert'
      ? raise('TypeError', 'floats know no Invert')
      : operator === 'USub'
        ? -Number(operand)
        : operand;
  }
  const integer = BigInt(operand);
  return normal(operator === 'Invert' ? ~integer : operator === 'USub' ? -integer : integer);
}

export function isInteger(value: PythonNumber): boolean {
  return typeof value !== 'number' || Number.isInteger(value);
}

/** An int that a number holds exactly is a number. */
function normal(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
