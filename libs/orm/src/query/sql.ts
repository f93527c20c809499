import {
  AliasNode,
  IdentifierNode,
  type OperationNode,
  RawNode,
  ReferenceNode,
  ColumnNode,
  TableNode,
  ValueNode,
} from 'kysely';

/**
 * Builds a fragment of SQL from fixed text and nodes; a value can only enter it as a {@link parameter}.
 *
 * @example
 * sql`lower(${column})`
 */
export function sql(strings: TemplateStringsArray, ...nodes: OperationNode[]): OperationNode {
  return raw(strings, nodes);
}

/** What `RawNode.create()` makes, without freezing it: nodes are made by the hundred and kept by no one. */
function raw(sqlFragments: readonly string[], parameters: readonly OperationNode[]): RawNode {
  return { kind: 'RawNode', sqlFragments, parameters };
}

/** Fixed text that is known to the library, such as a keyword or a type's name; never text of a user. */
export function keyword(text: string): OperationNode {
  return RawNode.createWithSql(text);
}

/** A bound parameter. */
export function parameter(value: unknown): OperationNode {
  return ValueNode.create(value);
}

/** Joins nodes by fixed text. */
export function join(nodes: readonly OperationNode[], separator: string): OperationNode {
  if (nodes.length === 1) return nodes[0]!;
  const separators = nodes.map((_, index) => (index === 0 ? '' : separator));
  return raw([...separators, ''], nodes);
}

/** Calls a function of the database by its name, which is text of the library. */
export function call(name: string, args: readonly OperationNode[]): OperationNode {
  return raw([`${name}(`, ')'], [join(args, ', ')]);
}

/** A quoted name. */
export function identifier(name: string): OperationNode {
  return IdentifierNode.create(name);
}

/** A column of the table that is known by an alias. */
export function columnOf(alias: string, column: string): OperationNode {
  let ofAlias = columns.get(alias);
  if (!ofAlias) columns.set(alias, (ofAlias = new Map()));
  let node = ofAlias.get(column);
  if (!node)
    ofAlias.set(column, (node = ReferenceNode.create(ColumnNode.create(column), TableNode.create(alias))));
  return node;
}

/** There are as many as columns in the schema, for each of the few aliases that statements have. */
const columns = new Map<string, Map<string, OperationNode>>();

export function tableNode(table: { table: string; schema?: string }): TableNode {
  return table.schema ? TableNode.createWithSchema(table.schema, table.table) : TableNode.create(table.table);
}

export function aliased(node: OperationNode, alias: string): AliasNode {
  return AliasNode.create(node, IdentifierNode.create(alias));
}

/** The constants of boolean SQL, spelled so that every database reads them. */
export const TRUE = keyword('1 = 1');
export const FALSE = keyword('1 = 0');
export const NULL = keyword('null');
