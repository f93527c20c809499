import { JoinNode, OnNode, type OperationNode } from 'kysely';
import type { Aggregate } from '../expressions/aggregate.js';
import type { Operand } from '../expressions/expression.js';
import type { AggregateStrategy } from './aggregate-strategy.js';
import { expressionRelations } from './predicate.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { aliased, columnOf, sql } from './sql.js';

interface Lateral {
  readonly alias: string;
  readonly scope: Scope;
  readonly selections: OperationNode[];
}

/**
 * Computes aggregates for each row of a scope, those over different relations apart from each other, so that no
 * relation multiplies the rows of another.
 *
 * Aggregates over the same relation share one subquery.
 */
export class LateralAggregates implements AggregateStrategy {
  readonly #laterals = new Map<string, Lateral>();

  constructor(readonly scope: Scope) {}

  /** The subqueries, to be joined after the tables that they refer to. */
  get joins(): JoinNode[] {
    return [...this.#laterals.values()].map(({ alias, scope, selections }) => ({
      ...JoinNode.create('LateralInnerJoin', aliased(subquery(scope, selections), alias)),
      on: OnNode.create(sql`true`),
    }));
  }

  resolve(aggregate: Aggregate): Operand {
    const relations = aggregateRelations(aggregate, this.scope);
    if (!this.scope.dialect.features.lateral) return this.#scalar(aggregate, relations);
    const key = relations.join();
    let lateral = this.#laterals.get(key);
    if (!lateral) {
      lateral = { alias: this.scope.statement.alias(), scope: rowsOf(this.scope, relations), selections: [] };
      this.#laterals.set(key, lateral);
    }
    const operand = aggregate.over(lateral.scope);
    const name = `c${lateral.selections.length}`;
    lateral.selections.push(aliased(operand.node, name));
    return { node: columnOf(lateral.alias, name), type: operand.type };
  }

  #scalar(aggregate: Aggregate, relations: readonly string[]): Operand {
    const scope = rowsOf(this.scope, relations);
    const operand = aggregate.over(scope);
    return { node: sql`${subquery(scope, [operand.node])}`, type: operand.type };
  }
}

/** The to-many relations that an aggregate is computed over; what only its filter names is no part of them. */
export function aggregateRelations(aggregate: Aggregate, scope: Scope): string[] {
  const relations = aggregate.measured.flatMap((expression) => expressionRelations(expression, scope));
  return [...new Set(relations)].sort();
}

function rowsOf(scope: Scope, relations: readonly string[]): Scope {
  const [first, ...others] = relations;
  if (first === undefined) return scope.itself();
  const rows = scope.descend(first);
  for (const relation of others) rows.range(relation);
  return rows;
}

function subquery(scope: Scope, selections: readonly OperationNode[]): OperationNode {
  return selectNode({ selections, froms: scope.froms, joins: scope.joins, where: scope.correlations });
}
