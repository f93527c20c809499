import { type OperationNode, ReferenceNode } from 'kysely';
import { NotSupportedError } from '../errors.js';
import type { Operand } from '../expressions/expression.js';
import { compileCombination } from './combination.js';
import { inList } from './comparison-lookups.js';
import { lockNode } from './lock.js';
import { openSelect, type OpenSelect } from './open-select.js';
import { orderingNodes } from './ordering.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { type Column, selected } from './selection.js';
import type { Shape } from './shape.js';
import { isSliced, slice } from './slice.js';
import { aliased, columnOf, FALSE, join, keyword, parameter, sql } from './sql.js';
import type { OrderTerm, QueryState } from './state.js';
import type { Statement } from './statement.js';

/** The `SELECT` of a query, before it is text. */
export interface CompiledSelect {
  readonly node: OperationNode;
  readonly columns: readonly Column[];
  readonly shape: Shape;
  /** Whether it is known to find nothing, so that it need not be sent. */
  readonly isEmpty: boolean;
}

export interface SelectOptions {
  /** The scope of the query around a subquery. */
  readonly outer?: Scope;
  /** Whether columns are named, for a query around it to name them. */
  readonly isNamed?: boolean;
  /** Leaves the order out, where no one sees it. */
  readonly isUnordered?: boolean;
  /** Selects only the rows that belong to some parents, each with its parent's key after its own columns. */
  readonly parents?: Parents;
}

/** The rows that a prefetched relation belongs to. */
export interface Parents {
  /** The paths, from the rows to be found, of the columns that hold the parent's key. */
  readonly paths: readonly string[];
  /** The to-many relation that the paths cross, where they do. */
  readonly through?: string;
  /** The keys, a list for each path. */
  readonly keys: readonly (readonly unknown[])[];
}

/** Compiles what a query selects. */
export function compileSelect(
  state: QueryState,
  statement: Statement,
  options: SelectOptions = {},
): CompiledSelect {
  if (state.combination)
    return compileCombination(state, state.combination, statement, options, compileSelect);
  const open = openSelect(state, statement, {
    outer: options.outer,
    isPartial: options.parents !== undefined,
  });
  const { scope } = open;
  const parents = options.parents && parentColumns(options.parents, scope);
  const { columns, shape } = selected(state, scope);
  // Rows that are numbered by parent are sorted by what the columns are, not by where they stand.
  const isNumbered = parents !== undefined && isSliced(state);
  const isByColumn = !isNumbered && (state.grouping !== undefined || state.distinct === true);
  const terms = options.isUnordered && !isSliced(state) ? [] : orderTerms(state);
  const added: Column[] = [];
  const distinct = isNames(state.distinct)
    ? distinctOn(
        state.distinct,
        scope,
        terms.length > 0 && !isNumbered,
        (column) => columns.length + added.push(column),
      )
    : state.distinct;
  const orderBy = orderingNodes(terms, state.isReversed ?? false, {
    scope,
    ...(isByColumn && { columns }),
    ...(added.length > 0 && { columns: [...(isByColumn ? columns : columns.map(unnamed)), ...added] }),
    // What distinct rows are sorted by has to be selected, and so is a part of what makes them distinct.
    ...(isByColumn &&
      state.distinct === true && {
        select: ({ node, type }: Operand) => columns.length + added.push({ name: '', node, type }),
      }),
  });
  const groupBy = state.grouping?.map((name) => {
    const position = columns.findIndex((column) => column.name === name);
    return position >= 0 ? keyword(String(position + 1)) : scope.resolve(name).node;
  });
  if (groupBy) groupBy.push(...open.perGroup());
  const all = [...columns, ...added, ...(parents?.columns ?? [])];
  if (parents && isNumbered) return slicedPerParent(state, open, { columns: all, shape, parents, orderBy });
  const node = selectNode({
    selections: all.map(({ node }, index) => (options.isNamed ? aliased(node, `c${index}`) : node)),
    where: parents ? [...open.where, ...parents.where] : open.where,
    having: open.having,
    groupBy,
    orderBy,
    distinct,
    ...slice(state, statement.dialect),
    ...(state.lock && { lock: lockNode(state.lock, scope) }),
    ...open.tables(),
  });
  return { node, columns: all, shape, isEmpty: open.isEmpty || isEmptySlice(state) };
}

interface ParentColumns {
  readonly columns: readonly Column[];
  readonly where: readonly OperationNode[];
}

function parentColumns({ paths, through, keys }: Parents, scope: Scope): ParentColumns {
  if (through !== undefined) scope.range(through);
  const operands = paths.map((path) => scope.resolve(path));
  const where = operands.map((left, index) => {
    const outcome = inList({ left, right: keys[index], scope, insensitive: false });
    return typeof outcome === 'boolean' ? FALSE : outcome.node;
  });
  return {
    columns: operands.map(({ node, type }, index) => ({ name: `parent${index}`, node, type })),
    where,
  };
}

/** A slice of the rows of each parent: numbers them by parent, in the query's order. */
function slicedPerParent(
  state: QueryState,
  open: OpenSelect,
  {
    columns,
    shape,
    parents,
    orderBy,
  }: Pick<CompiledSelect, 'columns' | 'shape'> & {
    parents: ParentColumns;
    orderBy: readonly OperationNode[];
  },
): CompiledSelect {
  const partition = join(
    parents.columns.map((column) => column.node),
    ', ',
  );
  const order = orderBy.length > 0 ? sql` order by ${join(orderBy, ', ')}` : sql``;
  const position = aliased(sql`row_number() over (partition by ${partition}${order})`, 'position');
  const inner = selectNode({
    selections: [...columns.map(({ node }, index) => aliased(node, `c${index}`)), position],
    where: [...open.where, ...parents.where],
    ...open.tables(),
  });
  const alias = open.scope.statement.alias();
  const number = columnOf(alias, 'position');
  const { start = 0, end } = state;
  const node = selectNode({
    selections: columns.map((_, index) => columnOf(alias, `c${index}`)),
    froms: [aliased(inner, alias)],
    where: [
      ...(start > 0 ? [sql`${number} > ${parameter(start)}`] : []),
      ...(end === undefined ? [] : [sql`${number} <= ${parameter(end)}`]),
    ],
    orderBy: [number],
  });
  return { node, columns, shape, isEmpty: open.isEmpty || isEmptySlice(state) };
}

/** The order that a query is sorted in; the manager's own is left out where it would change what is found. */
function orderTerms(state: QueryState): readonly OrderTerm[] {
  const isLeftOut = state.isDefaultOrdering && (state.grouping !== undefined || state.distinct === true);
  return isLeftOut ? [] : (state.ordering ?? []);
}

/**
 * What rows are told apart by. Where they are sorted too, an expression is selected, and both name its position: the
 * database does not see that two are the same once they bind values, as the keys of a path into JSON.
 */
function distinctOn(
  names: readonly string[],
  scope: Scope,
  isSorted: boolean,
  select: (column: Column) => number,
): OperationNode[] {
  if (!scope.dialect.features.distinctOn)
    throw new NotSupportedError(`${scope.dialect.name} cannot tell distinct rows by some of their fields.`);
  return names.map((name) => {
    const { node, type } = scope.resolve(name);
    if (!isSorted || ReferenceNode.is(node)) return node;
    return keyword(String(select({ name, node, type })));
  });
}

function isNames(distinct: QueryState['distinct']): distinct is readonly string[] {
  return Array.isArray(distinct);
}

function unnamed(column: Column): Column {
  return { ...column, name: '' };
}

function isEmptySlice({ start = 0, end }: QueryState): boolean {
  return end !== undefined && end <= start;
}
