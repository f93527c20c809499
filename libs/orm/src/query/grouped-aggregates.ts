import { JoinNode, type OperationNode } from 'kysely';
import type { Aggregate } from '../expressions/aggregate.js';
import type { Operand } from '../expressions/expression.js';
import type { AggregateStrategy } from './aggregate-strategy.js';
import { aggregatesIn } from './aggregates-in.js';
import { aggregateRelations } from './lateral-aggregates.js';
import type { OpenSelect } from './open-select.js';
import { expressionRelations } from './predicate.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { aliased, columnOf, join, keyword } from './sql.js';
import type { QueryState } from './state.js';

interface Part {
  readonly alias: string;
  readonly relations: readonly string[];
  readonly aggregates: Aggregate[];
}

/** Opens a query again, with the rows of relations joined, and with or without its conditions. */
type Reopen = (ranging: readonly string[], isConditioned: boolean) => OpenSelect;

/**
 * Computes aggregates for each group of rows. Those over other relations than the first ones are grouped in a
 * subquery of their own, joined by what the groups are made of, so that no relation multiplies the rows of another.
 */
export class GroupedAggregates implements AggregateStrategy {
  /** The to-many relations whose rows are joined to those that are grouped. */
  readonly ranging: readonly string[];
  readonly #keyRelations: readonly string[];
  readonly #parts = new Map<string, Part>();
  readonly #columns: OperationNode[] = [];

  constructor(
    state: QueryState,
    readonly grouping: readonly string[],
    readonly scope: Scope,
    readonly reopen: Reopen,
  ) {
    this.#keyRelations = unique(grouping.flatMap((name) => relationsOfKey(name, state, scope)));
    const computed = [...state.annotations.values()].filter(({ isGrouped }) => isGrouped);
    const sets = computed
      .flatMap(({ expression }) => aggregatesIn(expression))
      .map((aggregate) => this.#others(aggregate, this.#keyRelations));
    const isOfRows = sets.some((relations) => relations.length === 0);
    this.ranging = [...this.#keyRelations, ...(isOfRows ? [] : (sets[0] ?? []))];
  }

  /** The subqueries, to be joined after the tables. */
  get joins(): JoinNode[] {
    return [...this.#parts.values()].map((part) => {
      const keys = this.grouping.map((name) => this.scope.resolve(name).node);
      const on = keys.map((key, index) => this.scope.dialect.same(key, columnOf(part.alias, `k${index}`)));
      const subquery = aliased(this.#subquery(part), part.alias);
      return JoinNode.createWithOn('InnerJoin', subquery, join(on, ' and '));
    });
  }

  /** The columns of subqueries, which have one value in each group. */
  get columns(): readonly OperationNode[] {
    return this.#columns;
  }

  resolve(aggregate: Aggregate, scope: Scope): Operand {
    const others = this.#others(aggregate, this.ranging);
    if (others.length === 0 || scope !== this.scope || this.grouping.length === 0)
      return aggregate.over(scope);
    const part = this.#part([...this.#keyRelations, ...others]);
    const node = columnOf(part.alias, `c${part.aggregates.push(aggregate) - 1}`);
    this.#columns.push(node);
    // A condition may name this very aggregate: they are compiled when all of them are known.
    const { type } = aggregate.over(this.reopen(part.relations, false).scope);
    return { node, type };
  }

  #subquery({ relations, aggregates }: Part): OperationNode {
    const open = this.reopen(relations, true);
    const keys = this.grouping.map((name, index) => aliased(open.scope.resolve(name).node, `k${index}`));
    const computed = aggregates.map((one, index) => aliased(one.over(open.scope).node, `c${index}`));
    return selectNode({
      selections: [...keys, ...computed],
      where: open.where,
      groupBy: keys.map((_, index) => keyword(String(index + 1))),
      ...open.tables(),
    });
  }

  #part(relations: readonly string[]): Part {
    const key = relations.join();
    let part = this.#parts.get(key);
    if (!part) {
      part = { alias: this.scope.statement.alias(), relations, aggregates: [] };
      this.#parts.set(key, part);
    }
    return part;
  }

  #others(aggregate: Aggregate, known: readonly string[]): string[] {
    return aggregateRelations(aggregate, this.scope).filter((relation) => !known.includes(relation));
  }
}

function relationsOfKey(name: string, { annotations }: QueryState, scope: Scope): string[] {
  const annotation = annotations.get(name);
  return annotation ? expressionRelations(annotation.expression, scope) : scope.manyPrefixes(name);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
