import { FieldError, InvalidValueError } from '../errors.js';
import { conditionOf } from '../query/condition-of.js';
import { predicateOf } from '../query/predicate.js';
import type { Scope } from '../query/scope.js';
import { FALSE, join, sql, TRUE } from '../query/sql.js';
import { isNumeric, typeOf, type ValueType } from '../query/value-type.js';
import { widest } from './arithmetic-type.js';
import { Expression, inherited, Literal, type Operand, operandOf } from './expression.js';
import { QExpression } from './q.js';

/** A condition with the value that `Case` has where it is the first to hold. Django: `When`. */
export class WhenBranch<T = unknown> {
  constructor(
    readonly condition: object,
    readonly result: Expression<T>,
  ) {}
}

export interface CaseOptions {
  default?: unknown;
}

/** The value of the first condition that holds. Django: `Case`. */
export class CaseExpression<T = unknown> extends Expression<T> {
  constructor(
    readonly branches: readonly WhenBranch[],
    readonly fallback: Expression,
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    const conditions = this.branches.map(({ condition }) =>
      condition instanceof Expression ? condition : new QExpression([condition]),
    );
    return [...conditions, ...this.branches.map((branch) => branch.result), this.fallback];
  }

  override resolve(scope: Scope): Operand {
    const conditions = this.branches.map(({ condition }) =>
      predicateOf(conditionOf(condition, scope), scope),
    );
    const results = this.branches.map((branch) => branch.result.resolve(scope));
    const fallback = this.fallback.resolve(scope);
    const type = commonType([...results, fallback]);
    const whens = conditions.map((outcome, index) => {
      const node = typeof outcome === 'boolean' ? (outcome ? TRUE : FALSE) : outcome.node;
      return sql`when ${node} then ${results[index]!.node}`;
    });
    const tested = conditions.filter((outcome) => typeof outcome !== 'boolean') as unknown as Operand[];
    return {
      node: whens.length === 0 ? fallback.node : sql`case ${join(whens, ' ')} else ${fallback.node} end`,
      type,
      ...inherited([...tested, ...results, fallback]),
    };
  }
}

/** The one type that values of a `Case`, `Coalesce` and the like can have. */
export function commonType(operands: readonly Operand[]): ValueType {
  const types = operands.map((operand) => operand.type).filter((type) => type.kind !== 'Unknown');
  return types.length === 0
    ? typeOf('Unknown')
    : types.reduce((left, right) => {
        if (left.kind === right.kind) return left;
        if (isNumeric(left) && isNumeric(right)) return widest(left, right);
        throw new FieldError(`An expression mixes ${left.kind} and ${right.kind}; cast one of them.`);
      });
}

/** Gives a value, bound as it is, where an expression is wanted. Django: `Value`. */
export function Value<const V>(value: V): Literal<V> {
  return new Literal(value);
}

/**
 * Pairs a condition with a value for `Case`; a value that is no expression is bound. Django: `When`.
 *
 * @example
 * Case([When({ quantity: { gt: 10 } }, 'bulk')], { default: 'single' })
 */
export function When<const V>(condition: object, then: V): WhenBranch<V extends Expression<infer T> ? T : V> {
  if (condition instanceof QExpression ? condition.isEmpty : Object.keys(condition).length === 0) {
    throw new InvalidValueError('When() takes a condition that says something.');
  }
  return new WhenBranch(condition, operandOf(then) as Expression<never>);
}

/** Chooses a value by conditions, tried in order. Django: `Case`. */
export function Case<T, const O extends CaseOptions = object>(
  branches: readonly WhenBranch<T>[],
  options?: O,
): CaseExpression<T | (O extends { default: infer D } ? (D extends Expression<infer V> ? V : D) : null)> {
  return new CaseExpression(branches, operandOf(options?.default ?? null));
}
