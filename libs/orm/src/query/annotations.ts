import type { Expression, Operand } from '../expressions/expression.js';
import { type AggregateStrategy, inlineAggregates } from './aggregate-strategy.js';
import type { Scope } from './scope.js';
import type { ValueType } from './value-type.js';

/** A named expression of a query. */
export interface Annotation {
  readonly expression: Expression;
  /** Whether it is computed for each group of rows that `values()` has made, not for each row. */
  readonly isGrouped: boolean;
  /** How many conditions the query had when it was named: those on a relation choose what of it is aggregated. */
  readonly after: number;
}

/** The annotations of one `SELECT`, each bound when it is first needed: one that nothing names costs nothing. */
export class Annotations {
  readonly #operands = new Map<string, Operand>();
  readonly #resolving = new Set<string>();
  #scope: Scope | undefined;

  constructor(
    readonly entries: ReadonlyMap<string, Annotation>,
    /** How aggregates of a row's relations are computed, of an annotation that follows so many conditions. */
    readonly perRow: (scope: Scope, after: number) => AggregateStrategy,
    /** How aggregates of groups of rows are computed. */
    readonly perGroup: () => AggregateStrategy = () => inlineAggregates,
  ) {}

  /** Says which scope the annotations belong to. */
  attach(scope: Scope): void {
    this.#scope = scope;
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  type(name: string): ValueType | undefined {
    return this.operand(name)?.type;
  }

  operand(name: string): Operand | undefined {
    const known = this.#operands.get(name);
    if (known) return known;
    const annotation = this.entries.get(name);
    const scope = this.#scope;
    // While an annotation is bound, its own name means the field or the annotation that it stands in front of.
    if (!annotation || !scope || this.#resolving.has(name)) return undefined;
    const outer = scope.aggregates;
    scope.aggregates = annotation.isGrouped ? this.perGroup() : this.perRow(scope, annotation.after);
    this.#resolving.add(name);
    try {
      const operand = annotation.expression.resolve(scope);
      this.#operands.set(name, operand);
      return operand;
    } finally {
      this.#resolving.delete(name);
      scope.aggregates = outer;
    }
  }

  /** Gives an annotation another SQL, such as the column of a subquery that has computed it. */
  replace(name: string, operand: Operand): void {
    this.#operands.set(name, operand);
  }
}
