import { Aggregate } from '../expressions/aggregate.js';
import { Expression, Ordering } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import { Reference } from '../expressions/reference.js';
import { isSliced } from './slice.js';
import type { QueryState } from './state.js';

/**
 * Whether the aggregates of a query are computed for every row of its table, whichever way it is done: nothing that is
 * known of a row without them leaves it out.
 */
export function isOverEveryRow(state: QueryState): boolean {
  if (state.lock || state.grouping || state.combination || state.isNone) return false;
  const isAggregate = (name: string): boolean => {
    const annotation = state.annotations.get(name.split('.', 1)[0]!);
    return annotation !== undefined && hasAggregate(annotation.expression, isAggregate);
  };
  if (isSliced(state)) {
    const [first] = state.ordering ?? [];
    if (first === undefined || !hasAggregate(first, isAggregate)) return false;
  }
  return state.conditions.every((condition) => isOfAggregates(condition, isAggregate));
}

/** Whether every part of a condition takes an aggregate to decide. */
function isOfAggregates(where: unknown, isAggregate: (name: string) => boolean): boolean {
  if (where instanceof QExpression)
    return where.members.every((member) => isOfAggregates(member, isAggregate));
  if (where instanceof Expression) return hasAggregate(where, isAggregate);
  return Object.entries(where as object).every(([name, value]) =>
    name === 'AND' || name === 'OR' || name === 'NOT'
      ? [value].flat().every((member) => isOfAggregates(member, isAggregate))
      : isAggregate(name),
  );
}

function hasAggregate(term: unknown, isAggregate: (name: string) => boolean): boolean {
  if (typeof term === 'string') return isAggregate(term.replace(/^[-+]/, ''));
  if (term instanceof Ordering) return hasAggregate(term.expression, isAggregate);
  if (term instanceof Aggregate) return true;
  if (term instanceof Reference) return isAggregate(term.path);
  return term instanceof Expression && term.sources.some((inner) => hasAggregate(inner, isAggregate));
}
