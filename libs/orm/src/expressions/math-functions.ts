import { typeOf, type ValueType } from '../query/value-type.js';
import { widest } from './arithmetic-type.js';
import type { Symbolic } from './aggregates.js';
import { type Argument, operandOf } from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf } from './reference.js';

/** A function keeps the type of its argument; null stays null. */
type Same<A> = Symbolic<A>;
type Real<A> = { nullLike: [number, Symbolic<A>] };

const first = ([type]: readonly ValueType[]): ValueType => type!;
const float = (): ValueType => typeOf('Float');

/** Without its sign. Django: `Abs`. */
export function Abs<const A extends Argument>(argument: A): FunctionCall<Same<A>> {
  return new FunctionCall('abs', [argumentOf(argument)], first);
}

/** The next whole number up. Django: `Ceil`. */
export function Ceil<const A extends Argument>(argument: A): FunctionCall<Same<A>> {
  return new FunctionCall('ceil', [argumentOf(argument)], first);
}

/** The next whole number down. Django: `Floor`. */
export function Floor<const A extends Argument>(argument: A): FunctionCall<Same<A>> {
  return new FunctionCall('floor', [argumentOf(argument)], first);
}

/** Rounded to so many decimal places. Django: `Round`. */
export function Round<const A extends Argument>(argument: A, precision: number = 0): FunctionCall<Same<A>> {
  return new FunctionCall('round', [argumentOf(argument), operandOf(precision)], first);
}

/** What remains of a division. Django: `Mod`. */
export function Mod<const A extends Argument>(
  argument: A,
  divisor: Argument | number,
): FunctionCall<Same<A>> {
  const args = [argumentOf(argument), typeof divisor === 'string' ? argumentOf(divisor) : operandOf(divisor)];
  return new FunctionCall('mod', args, ([left, right]) => widest(left!, right!));
}

/** To a power. Django: `Power`. */
export function Power<const A extends Argument>(
  argument: A,
  exponent: Argument | number,
): FunctionCall<Real<A>> {
  const args = [
    argumentOf(argument),
    typeof exponent === 'string' ? argumentOf(exponent) : operandOf(exponent),
  ];
  return new FunctionCall('power', args, float);
}

/** The square root. Django: `Sqrt`. */
export function Sqrt<const A extends Argument>(argument: A): FunctionCall<Real<A>> {
  return new FunctionCall('sqrt', [argumentOf(argument)], float);
}

/** -1, 0 or 1. Django: `Sign`. */
export function Sign<const A extends Argument>(argument: A): FunctionCall<Real<A>> {
  return new FunctionCall('sign', [argumentOf(argument)], ([type]) =>
    type!.kind === 'Decimal' ? type! : typeOf('Int'),
  );
}

/** The natural logarithm. Django: `Ln`. */
export function Ln<const A extends Argument>(argument: A): FunctionCall<Real<A>> {
  return new FunctionCall('ln', [argumentOf(argument)], float);
}

/** The logarithm to a base. Django: `Log`. */
export function Log<const A extends Argument>(base: Argument | number, argument: A): FunctionCall<Real<A>> {
  const args = [typeof base === 'number' ? operandOf(base) : argumentOf(base), argumentOf(argument)];
  return new FunctionCall('log', args, float);
}

/** e to a power. Django: `Exp`. */
export function Exp<const A extends Argument>(argument: A): FunctionCall<Real<A>> {
  return new FunctionCall('exp', [argumentOf(argument)], float);
}
