import {
  FromNode,
  GroupByItemNode,
  GroupByNode,
  HavingNode,
  type JoinNode,
  LimitNode,
  OffsetNode,
  type OperationNode,
  OrderByItemNode,
  OrderByNode,
  SelectionNode,
  SelectModifierNode,
  type SelectQueryNode,
  WhereNode,
} from 'kysely';
import { join } from './sql.js';

/** The clauses of a `SELECT`. */
export interface SelectParts {
  readonly selections: readonly OperationNode[];
  readonly froms?: readonly OperationNode[];
  readonly joins?: readonly JoinNode[];
  readonly where?: readonly OperationNode[];
  readonly groupBy?: readonly OperationNode[];
  readonly having?: readonly OperationNode[];
  readonly orderBy?: readonly OperationNode[];
  readonly limit?: OperationNode;
  readonly offset?: OperationNode;
  readonly distinct?: boolean | readonly OperationNode[];
  readonly lock?: OperationNode;
}

/** Puts the clauses of a `SELECT` together; empty ones are left out. */
export function selectNode(parts: SelectParts): SelectQueryNode {
  const { froms, joins, where, groupBy, having, orderBy, limit, offset, distinct, lock } = parts;
  return {
    kind: 'SelectQueryNode',
    selections: parts.selections.map((node) => ({ kind: 'SelectionNode', selection: node }) as SelectionNode),
    ...(froms?.length && { from: FromNode.create(froms) }),
    ...(joins?.length && { joins }),
    ...(where?.length && { where: WhereNode.create(join(where, ' and ')) }),
    ...(groupBy?.length && {
      groupBy: GroupByNode.create(groupBy.map((node) => GroupByItemNode.create(node))),
    }),
    ...(having?.length && { having: HavingNode.create(join(having, ' and ')) }),
    ...(orderBy?.length && {
      orderBy: OrderByNode.create(orderBy.map((node) => OrderByItemNode.create(node))),
    }),
    ...(limit && { limit: LimitNode.create(limit) }),
    ...(offset && { offset: OffsetNode.create(offset) }),
    ...(distinct === true && { frontModifiers: [SelectModifierNode.create('Distinct')] }),
    ...(Array.isArray(distinct) && { distinctOn: distinct }),
    ...(lock && { endModifiers: [SelectModifierNode.createWithExpression(lock)] }),
  };
}
