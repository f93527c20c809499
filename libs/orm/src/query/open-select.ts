import { JoinNode, type OperationNode } from 'kysely';
import { type AggregateStrategy, inlineAggregates } from './aggregate-strategy.js';
import { Annotations } from './annotations.js';
import type { Condition } from './condition.js';
import { conditionOf } from './condition-of.js';
import { isOverEveryRow } from './every-row.js';
import { GroupedAggregates } from './grouped-aggregates.js';
import { conditionsOn, LateralAggregates } from './lateral-aggregates.js';
import { mentionsAggregate, mentionsWindow, usesWindow } from './mentions.js';
import { keyFields } from './names.js';
import { conjuncts, flattened } from './predicate.js';
import { Scope } from './scope.js';
import { selectNode, type SelectParts } from './select.js';
import { aliased, columnOf, FALSE, join, sql } from './sql.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';

/** A query whose tables and conditions are known, and whose result is still open. */
export interface OpenSelect {
  readonly scope: Scope;
  readonly where: readonly OperationNode[];
  readonly having: readonly OperationNode[];
  readonly isEmpty: boolean;
  /** The tables and subqueries, once everything has been resolved that may need one. */
  tables(): Pick<SelectParts, 'froms' | 'joins'>;
  /** Columns that have one value in each group, beside those that make the groups. */
  perGroup(): readonly OperationNode[];
}

export interface OpenOptions {
  /** The scope of the query around a subquery. */
  readonly outer?: Scope;
  /** To-many relations whose rows are joined; conditions on them choose those rows. */
  readonly ranging?: readonly string[];
  /** Whether less than all the rows are asked for that the query's conditions leave. */
  readonly isPartial?: boolean;
}

interface InnerOptions extends OpenOptions {
  /** The conditions to compile, where those are not all of the query's. */
  readonly only?: readonly (readonly Condition[])[];
  /** Whether grouped aggregates are computed over the joined rows, whichever relations they are of. */
  readonly isPart?: boolean;
}

/** Opens the scope of a query and compiles its conditions. */
export function openSelect(state: QueryState, statement: Statement, options: OpenOptions = {}): OpenSelect {
  return openWith(state, statement, options);
}

function openWith(state: QueryState, statement: Statement, options: InnerOptions): OpenSelect {
  const { outer, only } = options;
  let laterals: LateralAggregates | undefined;
  let groups: GroupedAggregates | undefined;
  const perGroup = (): AggregateStrategy => groups ?? inlineAggregates;
  const annotations = new Annotations(
    state.annotations,
    (scope, after) => {
      laterals ??= new LateralAggregates(
        scope,
        (count) => conditions.slice(0, count).flatMap((at) => at()),
        !options.isPartial && isOverEveryRow(state),
      );
      return laterals.following(after);
    },
    perGroup,
  );
  const { relations } = state;
  const model = statement.model(state.model);
  const scope = new Scope(statement, { outer, annotations, relations }).selectFrom(model);
  // A condition can name an annotation that follows earlier conditions: each is taken apart when it is needed.
  const conditions: readonly (() => Condition[])[] = state.conditions.map((condition) =>
    once(() => flattened([conditionOf(condition, scope)])),
  );
  annotations.attach(scope);
  if (state.grouping && !options.isPart) {
    groups = new GroupedAggregates(state, state.grouping, scope, (ranging, isConditioned) => {
      const isOfRows = (condition: Condition): boolean => !mentionsAggregate(condition, state.annotations);
      const ofRows = isConditioned ? conditions.map((at) => at().filter(isOfRows)) : [];
      return openWith(state, statement, { outer, ranging, isPart: true, only: ofRows });
    });
  }
  scope.aggregates = state.grouping ? perGroup() : annotations.perRow(scope, conditions.length);
  const where: OperationNode[] = [];
  const having: OperationNode[] = [];
  let isEmpty = state.isNone === true;
  const add = (conditions: readonly Condition[]): void => {
    for (const outcome of conjuncts(conditions, scope)) {
      if (outcome === false) isEmpty = true;
      else if (outcome !== true) (outcome.isAggregate ? having : where).push(outcome.node);
    }
  };
  const all = only ?? conditions.map((at) => at());
  const ranging =
    options.ranging ?? groups?.ranging ?? (all.length > 0 ? selectedRelations(state, scope) : []);
  const chosen = ranging.length > 0 ? new Set(conditionsOn(ranging, all.flat(), scope)) : undefined;
  const isOfWindow = (condition: Condition): boolean => mentionsWindow(condition, state.annotations);
  const before = all.map((list) => list.filter((item) => !isOfWindow(item) && !chosen?.has(item)));
  const after = all.map((list) => list.filter(isOfWindow)).filter(({ length }) => length > 0);
  before.forEach(add);
  const windows: JoinNode[] = [];
  if (after.length > 0) {
    windows.push(joinWindows(scope, openWith(state, statement, { outer, only: before }), state.annotations));
    after.forEach(add);
  }
  for (const relation of ranging) scope.range(relation);
  if (chosen) add([...chosen]);
  if (isEmpty) where.push(FALSE);
  return {
    scope,
    where,
    having,
    isEmpty,
    tables: () => ({
      froms: scope.froms,
      joins: [...scope.joins, ...windows, ...(laterals?.joins ?? []), ...(groups?.joins ?? [])],
    }),
    perGroup: () => groups?.columns ?? [],
  };
}

/** The to-many relations that values are selected of: a row for each related one, of those that conditions choose. */
function selectedRelations({ selection }: QueryState, scope: Scope): string[] {
  if (selection.kind === 'model') return [];
  return [...new Set(selection.names.flatMap((name) => scope.manyPrefixes(name)))];
}

/** Computes a value when it is first needed. */
function once<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}

/** Joins the values that windows have in each row, so that conditions can name them. */
function joinWindows(scope: Scope, inner: OpenSelect, annotations: QueryState['annotations']): JoinNode {
  const alias = scope.statement.alias();
  const keys = keyFields(scope.model);
  const names = [...annotations]
    .filter(([, { expression }]) => usesWindow(expression, annotations))
    .map(([name]) => name);
  const operands = names.map((name) => inner.scope.resolve(name));
  const node = selectNode({
    selections: [
      ...keys.map((field, index) => aliased(inner.scope.root.column(field), `k${index}`)),
      ...operands.map((operand, index) => aliased(operand.node, `w${index}`)),
    ],
    where: inner.where,
    ...inner.tables(),
  });
  names.forEach((name, index) => {
    scope.annotations?.replace(name, { node: columnOf(alias, `w${index}`), type: operands[index]!.type });
  });
  const on = keys.map((field, index) => sql`${columnOf(alias, `k${index}`)} = ${scope.root.column(field)}`);
  return JoinNode.createWithOn('InnerJoin', aliased(node, alias), join(on, ' and '));
}
