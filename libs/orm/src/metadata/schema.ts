/** What the generator writes down of `schema.prisma`, and all that the rest of the library knows of it. */
export interface SchemaMetadata {
  readonly provider: string;
  readonly models: Readonly<Record<string, ModelMetadata>>;
  /** Enum name → its values, as the database spells them by Prisma name. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface ModelMetadata {
  readonly name: string;
  /** The table's name in the database (`@@map`). */
  readonly table: string;
  /** The database schema (`@@schema`); absent for the connection's default. */
  readonly schema?: string;
  /** Fields by their Prisma name, in the order of the schema. */
  readonly fields: Readonly<Record<string, FieldMetadata>>;
  /** Field names of `@id` or `@@id`. */
  readonly primaryKey: readonly string[];
  /** What `@@id(name: …)` calls the key in `where`; absent where Prisma makes the name of its fields. */
  readonly primaryKeyName?: string;
  /** Field names of every `@unique` and `@@unique`. */
  readonly uniques: readonly (readonly string[])[];
  /** What `@@unique(name: …)` calls keys in `where`, by the names that Prisma would make of their fields. */
  readonly uniqueNames?: Readonly<Record<string, string>>;
}

export type FieldMetadata = ScalarField | RelationField;

export type ScalarType =
  'String' | 'Int' | 'BigInt' | 'Float' | 'Decimal' | 'Boolean' | 'DateTime' | 'Json' | 'Bytes';

export interface ScalarField {
  readonly kind: 'scalar';
  readonly name: string;
  /** The column's name in the database (`@map`). */
  readonly column: string;
  /** `'String'` for an enum, whose name is then in `enum`. */
  readonly type: ScalarType;
  readonly enum?: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
  readonly isUnique: boolean;
  /** Whether the schema or the database gives a value when none is given (`@default`, `@updatedAt`). */
  readonly hasDefault: boolean;
  readonly isUpdatedAt: boolean;
  /** A default that is a plain value; absent for functions such as `now()` or `autoincrement()`. */
  readonly default?: unknown;
  /** The default's function, such as `autoincrement`, `now`, `uuid`. */
  readonly defaultFunction?: string;
  /** `@db.VarChar(100)` as `['VarChar', ['100']]`. */
  readonly nativeType?: readonly [name: string, args: readonly string[]];
}

export interface RelationField {
  readonly kind: 'relation';
  readonly name: string;
  /** The model at the other end. */
  readonly model: string;
  readonly relationName: string;
  /** The field of the other model that is this relation's other end. */
  readonly inverse: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** This side's foreign key fields; empty where the other side, or a join table, holds the key. */
  readonly fromFields: readonly string[];
  /** The fields of the other model that `fromFields` point to. */
  readonly toFields: readonly string[];
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  /** The join table of an implicit many-to-many relation. */
  readonly through?: JoinTable;
}

export type ReferentialAction = 'Cascade' | 'Restrict' | 'NoAction' | 'SetNull' | 'SetDefault';

export interface JoinTable {
  readonly table: string;
  readonly schema?: string;
  /** The column that holds this model's key: `A` or `B`. */
  readonly ownColumn: 'A' | 'B';
  readonly otherColumn: 'A' | 'B';
}
