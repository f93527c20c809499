import type { SchemaMetadata } from '../metadata/schema.js';
import type { QueryState, RelatedTree } from '../query/state.js';

/** The relations of `selectRelated()` as a tree; without paths, all required ones and theirs. */
export function relatedTree(
  paths: readonly (string | null)[],
  state: QueryState,
  schema: SchemaMetadata,
): RelatedTree | undefined {
  if (paths[0] === null) return undefined;
  if (paths.length === 0) return requiredRelations(state.model, schema, 5);
  return (paths as readonly string[]).reduce<RelatedTree>(
    (tree, path) => grown(tree, path.split('.')),
    state.related ?? {},
  );
}

function grown(tree: RelatedTree, names: readonly string[]): RelatedTree {
  const [name, ...rest] = names;
  return name === undefined ? tree : { ...tree, [name]: grown(tree[name] ?? {}, rest) };
}

function requiredRelations(model: string, schema: SchemaMetadata, depth: number): RelatedTree {
  if (depth === 0) return {};
  const relations = Object.values(schema.models[model]!.fields).filter(
    (field) => field.kind === 'relation' && field.isRequired && field.fromFields.length > 0,
  );
  return Object.fromEntries(
    relations.map((field) => [
      field.name,
      field.kind === 'relation' ? requiredRelations(field.model, schema, depth - 1) : {},
    ]),
  );
}
