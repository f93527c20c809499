import { JoinNode, type OperationNode } from 'kysely';
import { Aggregate } from '../expressions/aggregate.js';
import { Expression, Literal, type Operand } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import { SqlFragment } from '../expressions/raw-sql.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { aliased, columnOf, join, keyword, sql } from './sql.js';

/** The functions that are null of no rows, as a row without a group has them; `count` apart. */
const nullOfNone = new Set(
  'sum avg min max stddev_samp stddev_pop var_samp var_pop string_agg array_agg jsonb_agg bool_and bool_or'.split(
    ' ',
  ),
);

/** Whether an aggregate can be computed for all groups of rows at once and be read of each row's group. */
export function isGroupable(aggregate: Aggregate): boolean {
  const { call, options } = aggregate;
  const isKnown = call.name === 'count' || nullOfNone.has(call.name);
  return isKnown && !(options.default instanceof Expression) && !isByHand(aggregate);
}

/** SQL written by hand may name a column of the row that the group belongs to. */
function isByHand(value: unknown): boolean {
  if (value instanceof SqlFragment) return true;
  if (value instanceof Aggregate) return isByHand([value.measured, value.options.filter]);
  if (value instanceof QExpression) return isByHand(value.members);
  if (value instanceof Expression) return isByHand(value.sources);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(isByHand);
}

/** Reads an aggregate of a group, where a row may have none. */
export function ofGroup(
  column: OperationNode,
  { call, options }: Aggregate,
  { type }: Operand,
  scope: Scope,
): OperationNode {
  const none = options.default;
  if (none !== undefined) return sql`coalesce(${column}, ${new Literal(none, type).resolve(scope).node})`;
  return call.name === 'count' ? sql`coalesce(${column}, ${keyword('0')})` : column;
}

/**
 * Joins aggregates that are computed for all groups of rows at once, instead of by a subquery for each row;
 * `undefined` where the subquery names more of a row than the key that its group has.
 */
export function groupJoin(
  alias: string,
  scope: Scope,
  selections: readonly OperationNode[],
): JoinNode | undefined {
  const own = new Set<string>();
  const parts = [...scope.froms, ...scope.joins, ...scope.correlations, ...selections];
  for (const part of parts) addAliases(part, own);
  const keys: OperationNode[] = [];
  const on: OperationNode[] = [];
  const where: OperationNode[] = [];
  for (const correlation of scope.correlations) {
    const sides = sidesOf(correlation);
    if (sides && isOnly(sides[0], own) && isOutside(sides[1], own)) {
      on.push(sql`${columnOf(alias, `k${keys.length}`)} = ${sides[1]}`);
      keys.push(sides[0]);
    } else if (isOnly(correlation, own)) where.push(correlation);
    else return undefined;
  }
  if (
    keys.length === 0 ||
    ![...scope.froms, ...scope.joins, ...selections].every((part) => isOnly(part, own))
  )
    return undefined;
  const named = keys.map((key, index) => aliased(key, `k${index}`));
  const node = selectNode({
    selections: [...named, ...selections],
    froms: scope.froms,
    joins: scope.joins,
    where,
    groupBy: keys,
  });
  return JoinNode.createWithOn('LeftJoin', aliased(node, alias), join(on, ' and '));
}

interface AnyNode extends OperationNode {
  readonly sqlFragments?: readonly string[];
  readonly parameters?: readonly OperationNode[];
  readonly alias?: { readonly identifier?: { readonly name?: string }; readonly name?: string };
  readonly table?: { readonly table: { readonly identifier: { readonly name: string } } };
}

/** The sides of `a = b`. */
function sidesOf({ sqlFragments, parameters }: AnyNode): [OperationNode, OperationNode] | undefined {
  return sqlFragments?.join('?') === '? = ?' && parameters?.every(isReference)
    ? (parameters as [OperationNode, OperationNode])
    : undefined;
}

function isReference(node: OperationNode): boolean {
  return node.kind === 'ReferenceNode';
}

function isOutside(node: AnyNode, own: ReadonlySet<string>): boolean {
  return !own.has(tableOf(node)!);
}

/** Whether a node names columns of the given tables only. */
function isOnly(node: AnyNode, own: ReadonlySet<string>): boolean {
  const table = tableOf(node);
  if (table !== undefined) return own.has(table);
  return childrenOf(node).every((child) => isOnly(child, own));
}

function tableOf(node: AnyNode): string | undefined {
  return node.kind === 'ReferenceNode' ? node.table?.table.identifier.name : undefined;
}

function addAliases(node: AnyNode, aliases: Set<string>): void {
  if (node.kind === 'AliasNode' && node.alias?.name !== undefined) aliases.add(node.alias.name);
  for (const child of childrenOf(node)) addAliases(child, aliases);
}

function childrenOf(node: OperationNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((child): child is AnyNode => typeof (child as Partial<AnyNode> | null)?.kind === 'string');
}
