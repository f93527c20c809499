import type { OperationNode } from 'kysely';
import { Expression } from '../expressions/expression.js';
import type { ModelMetadata, ScalarField } from '../metadata/schema.js';
import { aliased, columnOf, identifier, join, sql, tableNode } from './sql.js';
import type { Statement } from './statement.js';
import { isListable, valueList } from './value-list.js';

type Row = Readonly<Record<string, unknown>>;

/**
 * Compiles an update of many rows, each to values of its own, which are bound as a list for each column; `undefined`
 * where values are computed, or cannot be bound so.
 *
 * @example
 * update "shop_book" as "t0" set "pages" = "t1"."c0"
 * from unnest(cast($1 as integer[]), cast($2 as integer[])) as "t1" ("k0", "c0") where "t0"."id" = "t1"."k0"
 */
export function updateFromLists(
  model: ModelMetadata,
  keys: readonly ScalarField[],
  fields: readonly ScalarField[],
  rows: readonly Row[],
  statement: Statement,
): OperationNode | undefined {
  const all = [...keys, ...fields];
  const isBindable =
    statement.dialect.features.arrays &&
    all.every(isListable) &&
    rows.every((row) => all.every(({ name }) => !(row[name] instanceof Expression))) &&
    new Set(rows.map((row) => keys.map(({ name }) => String(row[name])).join('\u0000'))).size === rows.length;
  if (!isBindable) return undefined;
  const [target, source] = [statement.alias(), statement.alias()];
  const lists = all.map((field) =>
    valueList(
      field,
      rows.map((row) => row[field.name] ?? null),
      statement,
    ),
  );
  const names = [...keys.map((_, index) => `k${index}`), ...fields.map((_, index) => `c${index}`)];
  const sets = fields.map(
    ({ column }, index) => sql`${identifier(column)} = ${columnOf(source, `c${index}`)}`,
  );
  const where = keys.map(
    ({ column }, index) => sql`${columnOf(target, column)} = ${columnOf(source, `k${index}`)}`,
  );
  const given = sql`unnest(${join(lists, ', ')}) as ${identifier(source)} (${join(names.map(identifier), ', ')})`;
  return sql`update ${aliased(tableNode(model), target)} set ${join(sets, ', ')} from ${given} where ${join(where, ' and ')}`;
}
