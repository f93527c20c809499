import type { OperationNode } from 'kysely';
import { FieldError } from '../errors.js';
import type { Operand } from '../expressions/expression.js';
import type { ModelMetadata, ScalarField } from '../metadata/schema.js';
import { findField, keyFields, scalarFields } from './names.js';
import type { Scope } from './scope.js';
import { FlatShape, ListShape, type NestedShape, ObjectShape, type Shape, type ShapeField } from './shape.js';
import type { ModelSelection, QueryState, RelatedTree, ValuesSelection } from './state.js';
import type { TableRef } from './table-ref.js';
import { fieldType, type ValueType } from './value-type.js';

/** One column of the result. */
export interface Column {
  /** The name that expressions around the query know it by. */
  readonly name: string;
  readonly node: OperationNode;
  readonly type: ValueType;
}

/** The columns that a query selects, and what its rows become. */
export interface Selected {
  readonly columns: readonly Column[];
  readonly shape: Shape;
}

/** Resolves what a query selects. */
export function selected(state: QueryState, scope: Scope): Selected {
  return state.selection.kind === 'model'
    ? modelSelection(state, state.selection, scope)
    : valuesSelection(state.selection, scope);
}

function valuesSelection({ names, form }: ValuesSelection, scope: Scope): Selected {
  const columns = names.map((name) => columnOf(name, scope.resolve(name), scope));
  const types = columns.map((column) => column.type);
  const shape =
    form === 'flat'
      ? new FlatShape(types[0]!, scope.schema)
      : form === 'list'
        ? new ListShape(types, scope.schema)
        : new ObjectShape(
            columns.map(({ name, type }, index) => ({ name, type, index })),
            scope.schema,
          );
  return { columns, shape };
}

function modelSelection(state: QueryState, selection: ModelSelection, scope: Scope): Selected {
  const columns: Column[] = [];
  const shape = tableShape(scope.root, '', state, selection, scope, columns, (fields) => {
    for (const name of state.annotations.keys()) {
      if (selection.hidden.has(name)) continue;
      const column = columnOf(name, scope.resolve(name), scope);
      fields.push({ name, type: column.type, index: columns.push(column) - 1 });
    }
  });
  return { columns, shape };
}

function columnOf(name: string, operand: Operand, scope: Scope): Column {
  return { name, node: scope.dialect.selectable(operand), type: operand.type };
}

function tableShape(
  table: TableRef,
  path: string,
  state: QueryState,
  selection: ModelSelection,
  scope: Scope,
  columns: Column[],
  addMore?: (fields: ShapeField[]) => void,
): ObjectShape {
  const prefix = path === '' ? '' : `${path}.`;
  const tree = path === '' ? state.related : subtree(state.related, path);
  const fields: ShapeField[] = [];
  for (const field of loadedFields(table.model, prefix, selection)) {
    const column = { name: prefix + field.name, node: table.ownColumn(field), type: fieldType(field) };
    fields.push({ name: field.name, type: column.type, index: columns.push(column) - 1 });
  }
  addMore?.(fields);
  const nested: NestedShape[] = [];
  for (const name of Object.keys(tree ?? {})) {
    checkRelation(table.model, name, fields);
    const inner = prefix + name;
    const shape = tableShape(scope.table(inner), inner, state, selection, scope, columns);
    const key = keyFields(shapeModel(table.model, name, scope))[0]!.name;
    const presence = shape.fields.find((field) => field.name === key)!.index;
    nested.push({ name, presence, shape });
  }
  return new ObjectShape(fields, scope.schema, nested);
}

function shapeModel(model: ModelMetadata, relation: string, scope: Scope): ModelMetadata {
  const field = model.fields[relation];
  return scope.statement.model(field?.kind === 'relation' ? field.model : model.name);
}

function subtree(tree: RelatedTree | undefined, path: string): RelatedTree | undefined {
  return path.split('.').reduce<RelatedTree | undefined>((inner, name) => inner?.[name], tree);
}

/** Refuses a relation that a join cannot bring along: it would multiply the rows. */
function checkRelation(model: ModelMetadata, name: string, loaded: readonly ShapeField[]): void {
  const field = findField(model, name);
  if (field?.kind === 'relation' && !field.isList) {
    const missing = field.fromFields.find((own) => !loaded.some((other) => other.name === own));
    if (missing === undefined) return;
    throw new FieldError(
      `${model.name}.${name} cannot be both left out by only() or defer() and selected by selectRelated().`,
    );
  }
  const single = Object.values(model.fields).filter((other) => other.kind === 'relation' && !other.isList);
  const names = single.map((other) => other.name);
  if (field?.kind === 'relation') {
    throw new FieldError(
      `selectRelated() cannot follow "${name}" of ${model.name}, which has many rows; use prefetchRelated().`,
    );
  }
  throw FieldError.unknown(name, `${model.name} in selectRelated()`, names);
}

/** The fields that `only()` and `defer()` leave, which always have the key. */
function loadedFields(
  model: ModelMetadata,
  prefix: string,
  selection: ModelSelection,
): readonly ScalarField[] {
  const { only, defer } = selection;
  if (!only && !defer) return scalarFields(model);
  const named =
    only && [...only].filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('.'));
  const isRestricted = named !== undefined && (prefix === '' || named.length > 0);
  return scalarFields(model).filter((field) => {
    if (model.primaryKey.includes(field.name)) return true;
    const name = prefix + field.name;
    const isKeyOfNamed = (relation: string): boolean =>
      [...only!].some((path) => path === prefix + relation || path.startsWith(`${prefix}${relation}.`));
    if (isRestricted && relationsOf(model, field.name).some(isKeyOfNamed)) return true;
    return isRestricted ? only!.has(name) && !defer?.has(name) : !defer?.has(name);
  });
}

/** The relations that a field is the foreign key of: naming one, or what is behind it, means its key too. */
function relationsOf(model: ModelMetadata, key: string): string[] {
  return Object.values(model.fields).flatMap((field) =>
    field.kind === 'relation' && field.fromFields.includes(key) ? [field.name] : [],
  );
}
