import { JoinNode, OnNode, type OperationNode } from 'kysely';
import type { Aggregate } from '../expressions/aggregate.js';
import type { Operand } from '../expressions/expression.js';
import type { AggregateStrategy } from './aggregate-strategy.js';
import type { Condition } from './condition.js';
import { groupJoin, isGroupable, ofGroup } from './group-join.js';
import { conditionRelations, conjuncts, expressionRelations } from './predicate.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { aliased, columnOf, FALSE, sql } from './sql.js';

interface Lateral {
  readonly alias: string;
  readonly scope: Scope;
  readonly selections: OperationNode[];
  /** Whether it may be computed for all groups of rows at once. */
  isGrouped: boolean;
}

/**
 * Computes aggregates for each row of a scope, those over different relations apart from each other, so that no
 * relation multiplies the rows of another.
 *
 * Aggregates over the same relation share one subquery.
 */
export class LateralAggregates {
  readonly #laterals = new Map<string, Lateral>();

  constructor(
    readonly scope: Scope,
    /** The first so many conditions of the query, taken apart. */
    readonly conditionsBefore: (after: number) => readonly Condition[],
    /** Whether they are needed of every row, so that a group for each is better than a subquery for each. */
    readonly isOfEveryRow = false,
  ) {}

  /** The subqueries, to be joined after the tables that they refer to. */
  get joins(): JoinNode[] {
    return [...this.#laterals.values()].map(
      ({ alias, scope, selections, isGrouped }) =>
        (isGrouped ? groupJoin(alias, scope, selections) : undefined) ?? {
          ...JoinNode.create('LateralInnerJoin', aliased(subquery(scope, selections), alias)),
          on: OnNode.create(sql`true`),
        },
    );
  }

  /** Computes the aggregates of what is named after so many conditions. */
  following(after: number): AggregateStrategy {
    return { resolve: (aggregate) => this.#resolve(aggregate, after) };
  }

  #resolve(aggregate: Aggregate, after: number): Operand {
    const relations = aggregateRelations(aggregate, this.scope);
    const conditions = conditionsOn(relations, this.conditionsBefore(after), this.scope);
    if (!this.scope.dialect.features.lateral) return this.#scalar(aggregate, relations, conditions);
    const key = `${relations.join()}|${conditions.length}`;
    let lateral = this.#laterals.get(key);
    if (!lateral) {
      const alias = this.scope.statement.alias();
      const isGrouped = this.isOfEveryRow && relations.length > 0;
      lateral = { alias, scope: rowsOf(this.scope, relations, conditions), selections: [], isGrouped };
      this.#laterals.set(key, lateral);
    }
    const operand = aggregate.over(lateral.scope);
    const name = `c${lateral.selections.length}`;
    lateral.selections.push(aliased(operand.node, name));
    lateral.isGrouped &&= isGroupable(aggregate);
    const column = columnOf(lateral.alias, name);
    const node = lateral.isGrouped ? ofGroup(column, aggregate, operand, this.scope) : column;
    return { node, type: operand.type };
  }

  #scalar(aggregate: Aggregate, relations: readonly string[], conditions: readonly Condition[]): Operand {
    const scope = rowsOf(this.scope, relations, conditions);
    const operand = aggregate.over(scope);
    return { node: sql`${subquery(scope, [operand.node])}`, type: operand.type };
  }
}

/** The to-many relations that an aggregate is computed over; what only its filter names is no part of them. */
export function aggregateRelations(aggregate: Aggregate, scope: Scope): string[] {
  const relations = aggregate.measured.flatMap((expression) => expressionRelations(expression, scope));
  return [...new Set(relations)].sort();
}

/** The conditions on related rows, as far as they choose the rows of some relations. */
export function conditionsOn(
  relations: readonly string[],
  conditions: readonly Condition[],
  scope: Scope,
): readonly Condition[] {
  if (relations.length === 0) return [];
  return conditions.filter((condition) => {
    const [relation] = conditionRelations(condition, scope);
    return relation !== undefined && relations.includes(relation);
  });
}

/** Opens a subquery over the rows of relations that conditions have chosen. */
function rowsOf(scope: Scope, relations: readonly string[], conditions: readonly Condition[]): Scope {
  const [first, ...others] = relations;
  if (first === undefined) return scope.itself();
  const rows = scope.descend(first);
  for (const relation of others) rows.range(relation);
  for (const outcome of conjuncts(conditions, rows)) {
    if (typeof outcome !== 'boolean') rows.correlations.push(outcome.node);
    else if (!outcome) rows.correlations.push(FALSE);
  }
  return rows;
}

function subquery(scope: Scope, selections: readonly OperationNode[]): OperationNode {
  return selectNode({ selections, froms: scope.froms, joins: scope.joins, where: scope.correlations });
}
