import type { Expression, ExpressionSource } from '../expressions/expression.js';
import type { FilteredRelationSpecification } from '../expressions/filtered-relation.js';
import type { Decimal } from '../query/decimal.js';
import type { DatePartName, IsJson, Payload, Related } from './types.js';

/**
 * What `filter()` takes: everything that Prisma's `where` takes, with the same meaning, and beside it Django's other
 * lookups, expressions on either side, names of annotations, and dotted paths.
 */
export type Filter<P extends Payload, A = object> = {
  [Name in keyof P['scalars']]?: ValueFilter<P['scalars'][Name]>;
} & {
  [Name in keyof P['objects']]?: RelationFilter<P['objects'][Name]>;
} & {
  [Name in keyof A]?: A[Name] extends FilteredRelationSpecification ? unknown : ValueFilter<A[Name]>;
} & {
  [Name in keyof (P['objects'] & P['scalars'] & A) & string as `${Name}.${string}`]?: unknown;
} & {
  AND?: FilterOrExpression<P, A> | readonly FilterOrExpression<P, A>[];
  OR?: readonly FilterOrExpression<P, A>[];
  NOT?: FilterOrExpression<P, A> | readonly FilterOrExpression<P, A>[];
  pk?: unknown;
};

/** An argument of `filter()`: an object, or an expression such as `Q` or `Exists`. */
export type FilterOrExpression<P extends Payload, A = object> = Filter<P, A> | Expression<boolean>;

type Computed = Expression | ExpressionSource;

export type ValueFilter<T> =
  | Accepted<T>
  | Computed
  | null
  | (IsJson<T> extends true ? JsonLookups | JsonDocument : Lookups<NonNullable<T>>);

/** What can be given for a value: a decimal also as text or a number, a date also as text. */
type Accepted<T> =
  NonNullable<T> extends Decimal
    ? Decimal | string | number
    : NonNullable<T> extends Date
      ? Date | string
      : T;

type JsonDocument = string | number | boolean | readonly unknown[] | { readonly [key: string]: unknown };

interface EqualityLookups<V> {
  equals?: V | Computed | null;
  exact?: V | Computed | null;
  not?: V | Computed | null | Lookups<V>;
  in?: Iterable<V | Computed | null> | Computed;
  notIn?: Iterable<V | Computed | null> | Computed;
  isnull?: boolean;
}

interface OrderLookups<V> extends EqualityLookups<V> {
  lt?: V | Computed;
  lte?: V | Computed;
  gt?: V | Computed;
  gte?: V | Computed;
  /** Between two values, both of them included. */
  range?: readonly [V | Computed, V | Computed];
}

interface TextLookups extends OrderLookups<string> {
  contains?: string | Computed;
  startsWith?: string | Computed;
  endsWith?: string | Computed;
  mode?: 'default' | 'insensitive';
  iexact?: string | null | Computed;
  icontains?: string | Computed;
  istartswith?: string | Computed;
  iendswith?: string | Computed;
  regex?: string | Computed;
  iregex?: string | Computed;
  /** Words that the text has, in any form of theirs; PostgreSQL. */
  search?: string | Computed;
}

type DateLookups = OrderLookups<Date | string> & { [Part in DatePartName]?: ValueFilter<number> } & {
  date?: ValueFilter<Date>;
  time?: ValueFilter<Date | string>;
  startsWith?: string;
};

interface JsonLookups {
  path?: readonly string[];
  equals?: unknown;
  not?: unknown;
  in?: Iterable<unknown> | Computed;
  isnull?: boolean;
  contains?: unknown;
  containedBy?: unknown;
  hasKey?: string;
  hasKeys?: readonly string[];
  hasAnyKeys?: readonly string[];
  string_contains?: string;
  string_starts_with?: string;
  string_ends_with?: string;
  array_contains?: unknown;
  mode?: 'default' | 'insensitive';
}

interface ListLookups<V> {
  equals?: readonly V[] | null;
  has?: V | null;
  hasEvery?: readonly V[];
  hasSome?: readonly V[];
  containedBy?: readonly V[];
  isEmpty?: boolean;
}

/** The lookups that a type of value has. */
export type Lookups<V> = V extends readonly (infer Item)[]
  ? ListLookups<Item>
  : V extends boolean
    ? EqualityLookups<boolean>
    : V extends Date
      ? DateLookups
      : V extends Decimal
        ? OrderLookups<Decimal | string | number>
        : V extends string
          ? string extends V
            ? TextLookups
            : EqualityLookups<V>
          : V extends Uint8Array
            ? EqualityLookups<V>
            : OrderLookups<V>;

/** Conditions on the rows of a relation; a key, or lookups of it, mean the related row's primary key. */
export type RelationFilter<T> =
  | null
  | string
  | number
  | bigint
  | Computed
  | KeyLookups
  | (T extends readonly unknown[]
      ? {
          some?: FilterOrExpression<Related<T>>;
          every?: FilterOrExpression<Related<T>>;
          none?: FilterOrExpression<Related<T>>;
        }
      : | Filter<Related<T>>
        | { is?: FilterOrExpression<Related<T>> | null; isNot?: FilterOrExpression<Related<T>> | null });

interface KeyLookups {
  in?: Iterable<unknown> | Computed;
  notIn?: Iterable<unknown> | Computed;
  isnull?: boolean;
  gt?: unknown;
  gte?: unknown;
  lt?: unknown;
  lte?: unknown;
}
