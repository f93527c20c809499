import { InvalidValueError } from '../errors.js';
import { Expression, operandOf } from '../expressions/expression.js';
import type { FilteredRelationSpecification } from '../expressions/filtered-relation.js';
import type { ModelMetadata } from '../metadata/schema.js';
import { findField, scalarFields } from '../query/names.js';
import type { QueryState } from '../query/state.js';
import { containsAggregate } from './contains-aggregate.js';

/** What `values()` takes: a name, an expression, or expressions by name. */
export type ValuesTerm = string | Expression | Readonly<Record<string, Expression>>;

/** Names expressions in a query; after `values()` those over many rows group it. */
export function annotated(
  state: QueryState,
  model: ModelMetadata,
  expressions: ReadonlyMap<string, Expression>,
  { isHidden }: { isHidden: boolean },
): Partial<QueryState> {
  const annotations = new Map(state.annotations);
  const after = state.conditions.length;
  let { grouping, selection } = state;
  for (const [name, expression] of expressions) {
    checkNewName('annotate', name, model);
    const isAggregate = containsAggregate(expression, annotations);
    if (isAggregate && selection.kind === 'values') {
      grouping ??= selection.names.filter((other) => annotations.get(other)?.isGrouped !== true);
    }
    annotations.set(name, { expression, isGrouped: isAggregate && grouping !== undefined, after });
    if (selection.kind === 'model') {
      const hidden = new Set(selection.hidden);
      if (isHidden) hidden.add(name);
      else hidden.delete(name);
      selection = { ...selection, hidden };
    } else if (!isHidden && !selection.names.includes(name)) {
      selection = { ...selection, names: [...selection.names, name] };
    }
  }
  return { annotations, selection, grouping };
}

/** The filtered relations of a query together with further ones. */
export function withRelations(
  { relations, annotations }: QueryState,
  added: ReadonlyMap<string, FilteredRelationSpecification>,
  model: ModelMetadata,
): QueryState['relations'] {
  if (added.size === 0) return relations;
  for (const name of added.keys()) {
    checkNewName('annotate', name, model);
    if (annotations.has(name)) throw new InvalidValueError(`"${name}" is the name of an annotation already.`);
  }
  return new Map([...(relations ?? []), ...added]);
}

/** Makes a query one for named values; without names for all that a row would have. */
export function selecting(
  state: QueryState,
  model: ModelMetadata,
  terms: readonly ValuesTerm[],
  form: 'object' | 'list' | 'flat',
): Partial<QueryState> {
  const annotations = new Map(state.annotations);
  const names: string[] = [];
  const add = (name: string, expression: Expression): void => {
    checkNewName('values', name, model);
    const isGrouped = state.grouping !== undefined && containsAggregate(expression, annotations);
    annotations.set(name, { expression, isGrouped, after: state.conditions.length });
    names.push(name);
  };
  for (const term of terms) {
    if (typeof term === 'string') names.push(term);
    else if (term instanceof Expression) add(term.defaultAlias ?? `value${names.length + 1}`, term);
    else for (const [name, expression] of Object.entries(term)) add(name, operandOf(expression));
  }
  const hidden = state.selection.kind === 'model' ? state.selection.hidden : undefined;
  const every = [
    ...scalarFields(model).map((field) => field.name),
    ...[...annotations.keys()].filter((name) => !hidden?.has(name)),
  ];
  return { annotations, selection: { kind: 'values', form, names: names.length > 0 ? names : every } };
}

/** Refuses a name for an expression that means something else already. */
export function checkNewName(method: string, name: string, model: ModelMetadata): void {
  if (findField(model, name)) {
    throw new InvalidValueError(`${method}() cannot use the name "${name}": it is a field of ${model.name}.`);
  }
  if (/[.:]/.test(name) || name.startsWith('-') || name === '__proto__') {
    throw new InvalidValueError(
      `${method}() cannot use the name "${name}": names have no dots, no colons, and no minus in front.`,
    );
  }
}
