import type { Aggregate } from '../expressions/aggregate.js';
import type { Operand } from '../expressions/expression.js';
import type { Scope } from './scope.js';

/** Where the aggregates of a scope are computed. */
export interface AggregateStrategy {
  resolve(aggregate: Aggregate, scope: Scope): Operand;
}

/** Computes aggregates over the rows of the scope itself. */
export const inlineAggregates: AggregateStrategy = {
  resolve: (aggregate, scope) => aggregate.over(scope),
};
