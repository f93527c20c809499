import { type Condition, type Connector, group } from '../query/condition.js';
import { conditionOf, type WhereContext } from '../query/condition-of.js';
import { predicateOf } from '../query/predicate.js';
import type { Scope } from '../query/scope.js';
import { FALSE, TRUE } from '../query/sql.js';
import { typeOf } from '../query/value-type.js';
import { Expression, type Operand } from './expression.js';

/** A condition that can be combined with others. Django: `Q`. */
export class QExpression extends Expression<boolean> {
  constructor(
    readonly members: readonly unknown[],
    readonly connector: Connector = 'and',
    readonly negated = false,
  ) {
    super();
  }

  /** Whether it says nothing, and so changes nothing that it is combined with. */
  get isEmpty(): boolean {
    return this.members.every((member) =>
      member instanceof QExpression ? member.isEmpty : isEmptyObject(member),
    );
  }

  and(...others: readonly object[]): QExpression {
    return this.#combined('and', others);
  }

  or(...others: readonly object[]): QExpression {
    return this.#combined('or', others);
  }

  /** Holds where an odd number of the conditions do. */
  xor(...others: readonly object[]): QExpression {
    return this.#combined('xor', others);
  }

  /** Negates it: rows where a compared column is null match, as they do not match the condition itself. */
  not(): QExpression {
    return this.isEmpty ? this : new QExpression([this], 'and', true);
  }

  conditionIn(context: WhereContext): Condition {
    return group(
      this.connector,
      this.members.map((member) => conditionOf(member, context)),
      this.negated,
    );
  }

  override resolve(scope: Scope): Operand {
    const outcome = predicateOf(this.conditionIn(scope), scope);
    if (typeof outcome === 'boolean') return { node: outcome ? TRUE : FALSE, type: typeOf('Boolean') };
    return { ...outcome, type: typeOf('Boolean') };
  }

  #combined(connector: Connector, others: readonly object[]): QExpression {
    const members = [this, ...others].filter(
      (member) => !(member instanceof QExpression ? member.isEmpty : isEmptyObject(member)),
    );
    if (members.length === 1 && members[0] instanceof QExpression) return members[0];
    return new QExpression(members, connector);
  }
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Expression) &&
    Object.keys(value).length === 0
  );
}

/**
 * Makes a condition that can be combined by `and()`, `or()`, `xor()` and negated by `not()`. Django: `Q`.
 *
 * @example
 * books.filter(Q({ pages: { gt: 300 } }).or({ price: { lt: 25 } }))
 */
export function Q(...conditions: readonly object[]): QExpression {
  return new QExpression(conditions);
}
