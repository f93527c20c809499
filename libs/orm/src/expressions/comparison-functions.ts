import { InvalidValueError, NotSupportedError } from '../errors.js';
import { lookup } from '../query/condition.js';
import { predicateOf } from '../query/predicate.js';
import type { Scope } from '../query/scope.js';
import { FALSE, keyword, sql, TRUE } from '../query/sql.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import type { Symbolic } from './aggregates.js';
import { commonType } from './case.js';
import type { CastTypes } from './cast-types.js';
import { type Argument, Expression, inherited, type Operand, operandOf } from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf } from './reference.js';

/** A function whose arguments, and so its value, are all of one type. */
class Uniform<T> extends Expression<T> {
  constructor(
    readonly name: string,
    readonly args: readonly Expression[],
  ) {
    super();
    if (args.length < 2) throw new InvalidValueError(`${name}() takes two expressions or more.`);
  }

  override get sources(): readonly Expression[] {
    return this.args;
  }

  override resolve(scope: Scope): Operand {
    const args = this.args.map((arg) => arg.resolve(scope));
    return { node: scope.dialect.call(this.name, args), type: commonType(args), ...inherited(args) };
  }
}

type First<A extends readonly unknown[]> = Symbolic<A[number]>;

/** The first value that is not null. A string is a name; wrap a text in `Value`. Django: `Coalesce`. */
export function Coalesce<const A extends readonly Argument[]>(
  ...args: A
): Expression<{ coalesce: { [K in keyof A]: Symbolic<A[K]> } }> {
  return new Uniform('coalesce', args.map(argumentOf));
}

/** The greatest of several values. Django: `Greatest`. */
export function Greatest<const A extends readonly Argument[]>(...args: A): Expression<First<A>> {
  return new Uniform('greatest', args.map(argumentOf));
}

/** The least of several values. Django: `Least`. */
export function Least<const A extends readonly Argument[]>(...args: A): Expression<First<A>> {
  return new Uniform('least', args.map(argumentOf));
}

/** Null where the two are equal, otherwise the first one. Django: `NullIf`. */
export function NullIf<const A extends Argument>(
  argument: A,
  other: unknown,
): FunctionCall<{ nullable: Symbolic<A> }> {
  const right = typeof other === 'string' ? argumentOf(other) : operandOf(other);
  return new FunctionCall('nullif', [argumentOf(argument), right], ([type]) => type!);
}

/** The value as another type. Django: `Cast`. */
export function Cast<const A extends Argument, K extends keyof CastTypes>(
  argument: A,
  to: K,
): FunctionCall<{ nullLike: [CastTypes[K], Symbolic<A>] }> {
  return new FunctionCall(
    'cast',
    [argumentOf(argument)],
    () => typeOf(to),
    ([arg], { dialect }) => {
      const name = dialect.castName(typeOf(to));
      if (name === undefined) throw new NotSupportedError(`${dialect.name} cannot cast to ${to}.`);
      return to === 'Date' || to === 'Time'
        ? dialect.dateOrTime(to, arg!, 'UTC')
        : sql`cast(${arg!.node} as ${keyword(name)})`;
    },
  );
}

/** Says which type an expression has, where it cannot be told from its parts. Django: `ExpressionWrapper`. */
export function ExpressionWrapper<K extends keyof CastTypes>(
  expression: Expression,
  as: K,
): Expression<CastTypes[K] | null> {
  return new FunctionCall(
    'wrapper',
    [expression],
    () => typeOf(as),
    ([arg]) => arg!.node,
  );
}

/** A comparison of an expression by a lookup, as a boolean. Django: `Exact`, `GreaterThan` and the others. */
export class LookupExpression extends Expression<boolean> {
  constructor(
    readonly left: Expression,
    readonly name: string,
    readonly right: unknown,
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    return this.right instanceof Expression ? [this.left, this.right] : [this.left];
  }

  override resolve(scope: Scope): Operand {
    const outcome = predicateOf(lookup(this.left, this.name, this.right), scope);
    const type: ValueType = typeOf('Boolean');
    return typeof outcome === 'boolean' ? { node: outcome ? TRUE : FALSE, type } : { ...outcome, type };
  }
}

/**
 * Compares an expression by a lookup; a condition, or a boolean to annotate. Django: `Exact`, `GreaterThan`, …
 *
 * @example
 * books.filter(Lookup(F('pages'), 'gt', F('publisher.numAwards').mul(100)))
 */
export function Lookup(left: Argument, name: string, right: unknown): LookupExpression {
  return new LookupExpression(argumentOf(left), name, right);
}
