import type { OperationNode } from 'kysely';
import { Expression, type Operand, operandOf, Ordering, orderingNode } from '../expressions/expression.js';
import { Reference } from '../expressions/reference.js';
import type { Scope } from './scope.js';
import type { Column } from './selection.js';
import { keyword } from './sql.js';
import type { OrderTerm } from './state.js';

/** Makes a term an ordering; `undefined` for a random order. */
export function orderingOf(term: OrderTerm): Ordering | undefined {
  if (term instanceof Ordering) return term;
  if (term instanceof Expression) return new Ordering(term);
  if (typeof term !== 'string') return new Ordering(operandOf(term));
  if (term === '?') return undefined;
  return term.startsWith('-')
    ? new Ordering(new Reference(term.slice(1)), true)
    : new Ordering(new Reference(term.startsWith('+') ? term.slice(1) : term));
}

/** Where a query sorts: by expressions, or by the columns that it has selected. */
export interface OrderingContext {
  readonly scope: Scope;
  /** The selected columns, where the order has to be by them. */
  readonly columns?: readonly Column[];
  /** Selects one more column, and tells its position. */
  readonly select?: (operand: Operand) => number;
}

/** Compiles `ORDER BY`. */
export function orderingNodes(
  terms: readonly OrderTerm[],
  isReversed: boolean,
  { scope, columns, select }: OrderingContext,
): OperationNode[] {
  return terms.map((term) => {
    const given = orderingOf(term);
    if (!given) return scope.dialect.random();
    const ordering = isReversed ? given.reversed() : given;
    const { expression } = ordering;
    const position =
      expression instanceof Reference ? columns?.findIndex(({ name }) => name === expression.path) : -1;
    if (columns && position !== undefined && position >= 0) {
      return orderingNode(
        ordering,
        { node: keyword(String(position + 1)), type: columns[position]!.type },
        scope.dialect,
      );
    }
    const operand = expression.resolve(scope);
    if (!select) return orderingNode(ordering, operand, scope.dialect);
    return orderingNode(
      ordering,
      { node: keyword(String(select(operand))), type: operand.type },
      scope.dialect,
    );
  });
}
