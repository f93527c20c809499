import type { OperationNode } from 'kysely';
import type { Aggregate } from '../expressions/aggregate.js';
import type { Expression, Operand } from '../expressions/expression.js';
import { type AggregateStrategy, inlineAggregates } from './aggregate-strategy.js';
import { derivedScope } from './combination.js';
import { aggregatesIn } from './aggregates-in.js';
import { usesWindow } from './mentions.js';
import { compileSelect } from './compiler.js';
import { openSelect, type OpenSelect } from './open-select.js';
import { isSliced } from './slice.js';
import { aggregateRelations } from './lateral-aggregates.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import type { Column } from './selection.js';
import { ObjectShape } from './shape.js';
import { aliased, columnOf, keyword } from './sql.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';

/** Whether the rows of a query are those of its table that meet its conditions, neither fewer nor put together. */
export function isPlain(state: QueryState): boolean {
  return !isSliced(state) && !state.distinct && !state.grouping && !state.combination;
}

/** A statement that yields one row of named values. */
export interface CompiledAggregation {
  readonly node: OperationNode;
  readonly shape: ObjectShape;
  readonly isEmpty: boolean;
}

/** Compiles `aggregate()`: values over all rows of a query. */
export function compileAggregation(
  state: QueryState,
  expressions: ReadonlyMap<string, Expression>,
  statement: Statement,
): CompiledAggregation {
  const isOfWindow = [...expressions.values()].some((expression) =>
    usesWindow(expression, state.annotations),
  );
  if (!isPlain(state) || isOfWindow) return overSubquery(state, expressions, statement);
  const relations = relationsOfEach(expressions, openSelect(state, statement).scope);
  if (relations.size > 1) return overEachRelation(state, expressions, statement);
  const [ranging = []] = relations.values();
  const open = openSelect(state, statement, { ranging });
  const { scope } = open;
  scope.aggregates = inlineAggregates;
  return aggregation(
    expressions,
    scope,
    (columns) => selectNode({ selections: columns, where: open.where, ...open.tables() }),
    open.isEmpty,
  );
}

function aggregation(
  expressions: ReadonlyMap<string, Expression>,
  scope: Scope,
  select: (columns: OperationNode[]) => OperationNode,
  isEmpty: boolean,
): CompiledAggregation {
  const columns: Column[] = [];
  for (const [name, expression] of expressions) {
    const operand = expression.resolve(scope);
    columns.push({ name, node: scope.dialect.selectable(operand), type: operand.type });
  }
  const fields = columns.map(({ name, type }, index) => ({ name, type, index }));
  const node = select(columns.map((column) => column.node));
  return { node, shape: new ObjectShape(fields, scope.schema), isEmpty };
}

/** The sets of relations that aggregates are computed over, each set once. */
function relationsOfEach(
  expressions: ReadonlyMap<string, Expression>,
  scope: Scope,
): ReadonlyMap<string, readonly string[]> {
  const aggregates = [...expressions.values()].flatMap(aggregatesIn);
  const sets = aggregates.map((aggregate) => aggregateRelations(aggregate, scope));
  return new Map(sets.map((relations) => [relations.join(), relations]));
}

/** Aggregates over what a query selects: a slice, distinct rows, groups or a union. */
function overSubquery(
  state: QueryState,
  expressions: ReadonlyMap<string, Expression>,
  statement: Statement,
): CompiledAggregation {
  const inner = compileSelect(state, statement, { isNamed: true });
  const { scope } = derivedScope(inner.node, inner.columns, state, statement);
  return aggregation(
    expressions,
    scope,
    (columns) => selectNode({ selections: columns, froms: scope.froms }),
    inner.isEmpty,
  );
}

/** Computes aggregates over different relations each in a subquery of its own, so that none multiplies another's rows. */
function overEachRelation(
  state: QueryState,
  expressions: ReadonlyMap<string, Expression>,
  statement: Statement,
): CompiledAggregation {
  const strategy = new ApartAggregates((ranging) => openSelect(state, statement, { ranging }));
  const { scope, isEmpty } = openSelect(state, statement);
  scope.aggregates = strategy;
  return aggregation(
    expressions,
    scope,
    (columns) => selectNode({ selections: columns, froms: strategy.froms }),
    isEmpty,
  );
}

class ApartAggregates implements AggregateStrategy {
  readonly #parts = new Map<string, { alias: string; open: OpenSelect; selections: OperationNode[] }>();

  constructor(readonly reopen: (ranging: readonly string[]) => OpenSelect) {}

  get froms(): OperationNode[] {
    return [...this.#parts.values()].map(({ alias, open, selections }) =>
      aliased(selectNode({ selections, where: open.where, ...open.tables() }), alias),
    );
  }

  resolve(aggregate: Aggregate, scope: Scope): Operand {
    const relations = aggregateRelations(aggregate, scope);
    const key = relations.join();
    let part = this.#parts.get(key);
    if (!part) {
      const open = this.reopen(relations);
      open.scope.aggregates = inlineAggregates;
      part = { alias: scope.statement.alias(), open, selections: [] };
      this.#parts.set(key, part);
    }
    const operand = aggregate.over(part.open.scope);
    const name = `c${part.selections.length}`;
    part.selections.push(aliased(operand.node, name));
    return { node: columnOf(part.alias, name), type: operand.type };
  }
}

/** Compiles `count()`. */
export function compileCount(
  state: QueryState,
  statement: Statement,
): { node: OperationNode; isEmpty: boolean } {
  const selections = [keyword('count(*)')];
  if (!isPlain(state)) {
    const inner = compileSelect(state, statement, { isNamed: true, isUnordered: true });
    const froms = [aliased(inner.node, statement.alias())];
    return { node: selectNode({ selections, froms }), isEmpty: inner.isEmpty };
  }
  const open = openSelect(state, statement);
  if (state.selection.kind === 'values') {
    // Values across a to-many relation multiply the rows, and so their number.
    for (const name of state.selection.names) {
      if (open.scope.manyPrefixes(name).length > 0) open.scope.resolve(name);
    }
  }
  return { node: selectNode({ selections, where: open.where, ...open.tables() }), isEmpty: open.isEmpty };
}

/** Compiles `exists()`. */
export function compileExists(
  state: QueryState,
  statement: Statement,
  outer?: Scope,
): { node: OperationNode; isEmpty: boolean } {
  const selections = [keyword('1')];
  const limit = keyword('1');
  if (!isPlain(state)) {
    const inner = compileSelect(state, statement, { outer, isNamed: true });
    const froms = [aliased(inner.node, statement.alias())];
    return { node: selectNode({ selections, froms, limit }), isEmpty: inner.isEmpty };
  }
  const open = openSelect(state, statement, { outer, isPartial: true });
  return {
    node: selectNode({ selections, where: open.where, limit, ...open.tables() }),
    isEmpty: open.isEmpty,
  };
}
