import { FieldDoesNotExistError, InvalidQueryError } from '../errors.js';
import type { ModelMetadata, SchemaMetadata } from '../metadata/schema.js';
import { findField } from '../query/names.js';
import type { ModelSelection, Selection } from '../query/state.js';

/** What `only()` and `defer()` leave of a row; null in the place of names takes back what they have said. */
export function loading(
  kind: 'only' | 'defer',
  fields: readonly (string | null)[],
  selection: Selection,
  model: ModelMetadata,
  schema: SchemaMetadata,
): ModelSelection {
  if (selection.kind === 'values') throw new InvalidQueryError(`${kind}() cannot follow values().`);
  if (fields[0] === null) return { ...selection, only: undefined, defer: undefined };
  const given = new Set(fields as readonly string[]);
  for (const path of given) checkPath(path, model, schema);
  if (kind === 'only') return { ...selection, only: given };
  const only = selection.only && new Set([...selection.only].filter((name) => !given.has(name)));
  return { ...selection, only, defer: new Set([...(selection.defer ?? []), ...given]) };
}

/** Refuses a path that does not name fields all the way. */
function checkPath(path: string, start: ModelMetadata, schema: SchemaMetadata): void {
  let model = start;
  for (const name of path.split('.')) {
    const field = findField(model, name);
    if (!field) throw FieldDoesNotExistError.unknown(name, model.name, Object.keys(model.fields));
    if (field.kind === 'relation') model = schema.models[field.model]!;
  }
}
