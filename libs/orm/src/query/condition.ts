import type { Expression } from '../expressions/expression.js';

/**
 * A condition in the one form that the compiler knows; `filter()`, `exclude()`, `Q` and Prisma's `where` are all
 * brought into it by {@link conditionOf}.
 */
export type Condition =
  | GroupCondition
  | { readonly kind: 'not'; readonly condition: Condition }
  | LookupCondition
  | RelatedCondition
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'constant'; readonly value: boolean };

export type Connector = 'and' | 'or' | 'xor';

export interface GroupCondition {
  readonly kind: 'group';
  readonly connector: Connector;
  /**
   * Whether it is negated as Django does: what is null does not match, so its opposite does. A `not` condition is
   * SQL's own, as Prisma's `NOT` is.
   */
  readonly negated: boolean;
  readonly conditions: readonly Condition[];
}

export interface LookupCondition {
  readonly kind: 'lookup';
  /** A dotted path, or any expression. */
  readonly left: string | Expression;
  readonly lookup: string;
  readonly right: unknown;
  readonly insensitive?: boolean;
}

/** Conditions on the rows of a relation, in names that start from them. */
export interface RelatedCondition {
  readonly kind: 'related';
  readonly path: string;
  readonly quantifier: 'some' | 'every' | 'none' | 'is' | 'isNot';
  readonly condition: Condition | null;
}

export function group(
  connector: Connector,
  conditions: readonly Condition[],
  negated = false,
): GroupCondition {
  return { kind: 'group', connector, conditions, negated };
}

export function lookup(left: string | Expression, name: string, right: unknown): LookupCondition {
  return { kind: 'lookup', left, lookup: name, right };
}
