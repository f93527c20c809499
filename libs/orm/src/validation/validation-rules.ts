import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ModelName } from '../metadata/register.js';
import type { RowOf } from '../query-set/types.js';

/**
 * Looks at one value: any Standard Schema, such as one of zod or valibot, or a function that throws a `ValidationError`.
 */
export type Validator = StandardSchemaV1 | ((value: unknown) => unknown);

type FieldOf<M extends ModelName> = Extract<keyof RowOf<M>, string>;

/** What a model's rows have to be, beyond what the schema says. */
export interface ValidationRules<M extends ModelName = ModelName> {
  /**
   * A Standard Schema for the row as it was given; what it makes of the values counts on. It need not know all fields.
   */
  schema?: StandardSchemaV1;
  /** Further validators of single fields, for values that are there. Django: `Field.validators`. */
  validators?: { readonly [Field in FieldOf<M>]?: Validator | readonly Validator[] };
  /** The values that a field may have, with what people call them. Django: `Field.choices`. */
  choices?: { readonly [Field in FieldOf<M>]?: Readonly<Record<string, string>> };
  /** The required texts that may be empty, and are where nothing is given. Django: `Field.blank`. */
  blank?: readonly FieldOf<M>[];
}

export interface FullCleanOptions<M extends ModelName = ModelName> {
  /** Fields, or relations, that are not looked at. */
  exclude?: readonly (FieldOf<M> | (string & {}))[];
  /** Whether to ask the database for rows with the same unique values. Default `true`. */
  validateUnique?: boolean;
  /** Whether the row is still to be created. Default: whether it has no key. */
  isNew?: boolean;
}
