import { aliased, columnOf, keyword, sql } from './sql.js';
import { inlineAggregates } from './aggregate-strategy.js';
import { Annotations } from './annotations.js';
import type { CompiledSelect, SelectOptions } from './compiler.js';
import { isSliced, slice } from './slice.js';
import { Reference } from '../expressions/reference.js';
import { orderingNodes } from './ordering.js';
import { Scope } from './scope.js';
import { selectNode } from './select.js';
import type { Column } from './selection.js';
import type { Combination, QueryState } from './state.js';
import type { Statement } from './statement.js';

/** Compiles `union()`, `intersection()` and `difference()`. */
export function compileCombination(
  state: QueryState,
  { operator, all, states }: Combination,
  statement: Statement,
  options: SelectOptions,
  compileMember: (state: QueryState, statement: Statement, options: SelectOptions) => CompiledSelect,
): CompiledSelect {
  const [first, ...others] = states.map((member) =>
    compileMember(member, statement, { outer: options.outer, isNamed: true, isUnordered: true }),
  ) as [CompiledSelect, ...CompiledSelect[]];
  const members = contributing(operator, [first, ...others]);
  const { columns, shape } = first;
  const word = keyword(` ${operator}${all ? ' all' : ''} `);
  const combined = members.reduce<CompiledSelect['node'] | undefined>((left, { node }) => {
    const member = statement.dialect.member(node);
    return left ? sql`${left}${word}${member}` : member;
  }, undefined);
  if (!combined) return { node: first.node, columns, shape, isEmpty: true };
  const { scope, alias } = derivedScope(sql`(${combined})`, columns, state, statement);
  const terms = options.isUnordered && !isSliced(state) ? [] : (state.ordering ?? []);
  const selections = columns.map((_, index) => columnOf(alias, `c${index}`));
  const node = selectNode({
    selections: options.isNamed
      ? selections.map((column, index) => aliased(column, `c${index}`))
      : selections,
    froms: scope.froms,
    orderBy: orderingNodes(terms, state.isReversed ?? false, { scope }),
    ...slice(state, statement.dialect),
  });
  return { node, columns, shape, isEmpty: state.isNone === true };
}

/** The members that have a part in the result; none where it is known to be empty. */
function contributing(
  operator: Combination['operator'],
  members: readonly CompiledSelect[],
): readonly CompiledSelect[] {
  const [first, ...others] = members;
  if (operator === 'union') return members.filter((member) => !member.isEmpty);
  if (operator === 'intersect') return members.some((member) => member.isEmpty) ? [] : members;
  return first!.isEmpty ? [] : [first!, ...others.filter((member) => !member.isEmpty)];
}

/** A scope whose names are the columns of a subquery. */
export function derivedScope(
  subquery: CompiledSelect['node'],
  columns: readonly Column[],
  state: QueryState,
  statement: Statement,
): { scope: Scope; alias: string } {
  const entries = columns.map(
    ({ name }) => [name, { expression: new Reference(name), isGrouped: false, after: 0 }] as const,
  );
  const annotations = new Annotations(new Map(entries), () => inlineAggregates);
  const scope = new Scope(statement, { annotations });
  const alias = scope.selectFromSubquery(subquery, statement.model(state.model));
  columns.forEach(({ name, type }, index) => {
    annotations.replace(name, { node: columnOf(alias, `c${index}`), type });
  });
  return { scope, alias };
}
