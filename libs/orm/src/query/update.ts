import type { OperationNode } from 'kysely';
import { FieldDoesNotExistError, FieldError, InvalidQueryError, NotSupportedError } from '../errors.js';
import { Expression, isExpressionSource, operandOf } from '../expressions/expression.js';
import type { ScalarField } from '../metadata/schema.js';
import { openSelect, type OpenSelect } from './open-select.js';
import { isSliced } from './slice.js';
import { usesAggregate } from './mentions.js';
import { findField, keyFields } from './names.js';
import { relationEnds } from './relation-ends.js';
import type { Scope } from './scope.js';
import { selectNode } from './select.js';
import { aliased, columnOf, identifier, join, parameter, sql, tableNode } from './sql.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';
import { toParameter } from './to-parameter.js';
import { fieldType } from './value-type.js';

export interface CompiledWrite {
  readonly node: OperationNode;
  /** Whether it is known to change nothing, so that it need not be sent. */
  readonly isEmpty: boolean;
}

/** Compiles `update()`. */
export function compileUpdate(
  state: QueryState,
  values: Readonly<Record<string, unknown>>,
  statement: Statement,
): CompiledWrite {
  checkWritable(state, 'update');
  const open = openSelect(state, statement);
  const { scope } = open;
  const tables = open.tables().joins?.length;
  const sets = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const field = writableField(scope, name);
      return sql`${identifier(field.column)} = ${assigned(field, value, scope, state)}`;
    });
  if (open.tables().joins?.length !== tables) {
    throw new FieldError('update() cannot read other tables or aggregates; use a Subquery.');
  }
  const where = targets(state, open, statement);
  const table = aliased(tableNode(scope.model), scope.root.alias);
  const condition = where.length > 0 ? sql` where ${join(where, ' and ')}` : sql``;
  return {
    node: sql`update ${table} set ${join(sets, ', ')}${condition}`,
    isEmpty: open.isEmpty || sets.length === 0,
  };
}

/** Compiles the `DELETE` of what a query finds. */
export function compileDelete(state: QueryState, statement: Statement): CompiledWrite {
  const open = openSelect(state, statement);
  const where = targets(state, open, statement);
  const table = aliased(tableNode(open.scope.model), open.scope.root.alias);
  const condition = where.length > 0 ? sql` where ${join(where, ' and ')}` : sql``;
  return { node: sql`delete from ${table}${condition}`, isEmpty: open.isEmpty };
}

export function checkWritable(state: QueryState, operation: 'update' | 'delete'): void {
  if (state.combination) {
    throw new NotSupportedError(`${operation}() cannot follow ${state.combination.operator}().`);
  }
  if (isSliced(state))
    throw new InvalidQueryError(`${operation}() cannot follow slice(); filter by the keys of the slice.`);
  if (operation === 'delete' && Array.isArray(state.distinct)) {
    throw new InvalidQueryError('delete() cannot follow distinct() by fields.');
  }
}

/** The conditions on the rows to write; by key where finding them takes more tables than the written one. */
function targets(state: QueryState, open: OpenSelect, statement: Statement): readonly OperationNode[] {
  const { froms, joins } = open.tables();
  if (!joins?.length && froms?.length === 1 && !state.grouping) return open.where;
  const inner = openSelect(state, statement);
  const keys = keyFields(open.scope.model);
  const select = selectNode({
    selections: keys.map((field) => inner.scope.root.column(field)),
    where: inner.where,
    ...inner.tables(),
  });
  const own = join(
    keys.map((field) => columnOf(open.scope.root.alias, field.column)),
    ', ',
  );
  return [sql`(${own}) in ${select}`];
}

/** The column that a name in `update()` writes: a field's, or the foreign key's of a relation. */
function writableField(scope: Scope, name: string): ScalarField {
  const field = findField(scope.model, name);
  if (!field) throw FieldDoesNotExistError.unknown(name, scope.model.name, Object.keys(scope.model.fields));
  if (field.kind === 'scalar') return field;
  const ends = relationEnds(scope.schema, scope.model, field);
  if (ends.through || !ends.isOwner || ends.pairs.length !== 1) {
    throw new FieldError(
      `update() cannot write "${name}" of ${scope.model.name}: it is no column of its own.`,
    );
  }
  return ends.pairs[0]!.own;
}

function assigned(
  field: ScalarField,
  value: unknown,
  scope: Scope,
  { annotations }: QueryState,
): OperationNode {
  if (!(value instanceof Expression) && !isExpressionSource(value)) {
    return parameter(toParameter(value, fieldType(field), scope));
  }
  const expression = operandOf(value);
  const operand = expression.resolve(scope);
  if (usesAggregate(expression, annotations) || operand.isWindow) {
    throw new FieldError(`update() cannot write an aggregate to "${field.name}"; use a Subquery.`);
  }
  return operand.node;
}
