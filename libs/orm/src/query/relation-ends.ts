import type {
  JoinTable,
  ModelMetadata,
  RelationField,
  ScalarField,
  SchemaMetadata,
} from '../metadata/schema.js';
import { scalarField } from './names.js';

/** How the rows of a relation's two models find each other. */
export type RelationEnds =
  | { readonly through?: undefined; readonly isOwner: boolean; readonly pairs: readonly FieldPair[] }
  | {
      readonly through: JoinTable;
      readonly own: ScalarField;
      readonly other: ScalarField;
    };

/** A field of this model and the field of the other model that has the same value. */
export interface FieldPair {
  readonly own: ScalarField;
  readonly other: ScalarField;
}

const cache = new WeakMap<RelationField, RelationEnds>();

export function relationEnds(
  schema: SchemaMetadata,
  model: ModelMetadata,
  relation: RelationField,
): RelationEnds {
  let ends = cache.get(relation);
  if (!ends) cache.set(relation, (ends = find(schema, model, relation)));
  return ends;
}

function find(schema: SchemaMetadata, model: ModelMetadata, relation: RelationField): RelationEnds {
  const other = schema.models[relation.model]!;
  if (relation.through) {
    return {
      through: relation.through,
      own: scalarField(model, model.primaryKey[0]!),
      other: scalarField(other, other.primaryKey[0]!),
    };
  }
  const isOwner = relation.fromFields.length > 0;
  const inverse = isOwner ? undefined : (other.fields[relation.inverse] as RelationField);
  const own = inverse ? inverse.toFields : relation.fromFields;
  const theirs = inverse ? inverse.fromFields : relation.toFields;
  return {
    isOwner,
    pairs: own.map((name, index) => ({
      own: scalarField(model, name),
      other: scalarField(other, theirs[index]!),
    })),
  };
}
