import type { Decimal } from '../query/decimal.js';
import type { Expression, Ordering } from '../expressions/expression.js';
import type { FilteredRelationSpecification } from '../expressions/filtered-relation.js';
import type { HiddenModel, ModelName, ModelTypes, RegisteredModels } from '../metadata/register.js';

/** What types know of a model: the names and types of its columns, and the models at the other ends of its relations. */
export interface Payload {
  scalars: object;
  objects: object;
}

export type PayloadOf<M extends ModelName> = RegisteredModels[M] extends ModelTypes
  ? RegisteredModels[M]['payload']
  : never;

/** A row of a model, as Prisma returns it. */
export type RowOf<M extends ModelName> = PayloadOf<M>['scalars'];

/** The model at the other end of a relation. */
export type Related<T> = Extract<NonNullable<T extends readonly (infer Item)[] ? Item : T>, Payload>;

type NullOf<T> = null extends T ? null : T extends readonly unknown[] ? null : never;

/** The null of a related row that can be missing: the relation is optional, or a default manager hides rows of its model. */
export type MissingRow<T, Hidden = HiddenModel> = null extends T
  ? null
  : T extends { name: Hidden }
    ? null
    : never;

/** The value that a name or a dotted path leads to; `never` where there is none. */
export type PathValue<P extends Payload, Path extends string, A = object> = Path extends keyof A
  ? A[Path] extends FilteredRelationSpecification<infer Own>
    ? PathValue<P, Own>
    : A[Path]
  : Path extends keyof P['scalars']
    ? P['scalars'][Path]
    : Path extends 'pk'
      ? unknown
      : Path extends keyof P['objects']
        ? KeyOf<Related<P['objects'][Path]>> | NullOf<P['objects'][Path]>
        : Path extends `${infer Head}.${infer Rest}`
          ? Head extends keyof P['objects']
            ? PathValue<Related<P['objects'][Head]>, Rest> extends infer V
              ? [V] extends [never]
                ? never
                : V | NullOf<P['objects'][Head]> | MissingRow<P['objects'][Head]>
              : never
            : Head extends keyof P['scalars']
              ? InsideValue<P['scalars'][Head], Rest>
              : Head extends keyof A
                ? A[Head] extends FilteredRelationSpecification<infer Own>
                  ? PathValue<P, `${Own}.${Rest}`>
                  : unknown
                : never
          : never;

type KeyOf<P extends Payload> = P['scalars'] extends { id: infer Id } ? Id : unknown;

/** What a path reaches inside of a date or a JSON document. */
type InsideValue<T, Rest extends string> =
  NonNullable<T> extends Date
    ? Rest extends DatePartName
      ? number | NullOf<T>
      : Rest extends 'date' | 'time'
        ? Date | NullOf<T>
        : never
    : IsJson<T> extends true
      ? unknown
      : never;

export type DatePartName =
  | 'year'
  | 'isoYear'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'weekDay'
  | 'isoWeekDay'
  | 'hour'
  | 'minute'
  | 'second';

/** A JSON column's type holds every kind of value. */
export type IsJson<T> = [string | number | boolean] extends [NonNullable<T>] ? true : false;

/** The value of an expression in a row of the model; what a symbolic type stands for is looked up. */
export type Resolved<P extends Payload, T, A = object> = T extends { ref: infer Path extends string }
  ? PathValue<P, Path, A>
  : T extends { sum: infer S }
    ? Summed<Resolved<P, S, A>> | null
    : T extends { count: unknown }
      ? number
      : T extends { avg: infer S }
        ? Averaged<Resolved<P, S, A>> | null
        : T extends { nullable: infer S }
          ? Resolved<P, S, A> | null
          : T extends { filled: infer S }
            ? NonNullable<Resolved<P, S, A>>
            : T extends { arithmetic: [infer L, infer R] }
              ? Computed<Resolved<P, Unwrapped<L>, A>, Resolved<P, Unwrapped<R>, A>>
              : T extends { coalesce: infer S }
                ? Coalesced<P, S, A>
                : T extends { nullLike: [infer V, infer S] }
                  ? V | NullOf<Resolved<P, S, A>>
                  : T;

/** The values up to the first one that is never null. */
type Coalesced<P extends Payload, S, A> = S extends readonly [infer Head, ...infer Rest]
  ? null extends Resolved<P, Head, A>
    ? NonNullable<Resolved<P, Head, A>> | Coalesced<P, Rest, A>
    : Resolved<P, Head, A>
  : null;

type Unwrapped<T> = T extends Expression<infer V> ? V : T;
type Summed<T> = NonNullable<T>;
type Averaged<T> = NonNullable<T> extends bigint ? number : NonNullable<T>;

type Computed<L, R> =
  | (Decimal extends NonNullable<L>
      ? Decimal
      : Decimal extends NonNullable<R>
        ? Decimal
        : bigint extends NonNullable<L>
          ? bigint
          : bigint extends NonNullable<R>
            ? bigint
            : NonNullable<L> extends Date
              ? NonNullable<R> extends Date
                ? number
                : Date
              : number)
  | NullOf<L>
  | NullOf<R>;

/** The names that a symbolic type refers to. */
export type NamesIn<T> = T extends { ref: infer Path extends string }
  ? Path
  : T extends
        | { sum: infer S }
        | { count: infer S }
        | { avg: infer S }
        | { nullable: infer S }
        | { filled: infer S }
        | { nullLike: [unknown, infer S] }
    ? NamesIn<S>
    : T extends { coalesce: infer S extends readonly unknown[] }
      ? NamesIn<S[number]>
      : T extends { arithmetic: [infer L, infer R] }
        ? NamesIn<Unwrapped<L>> | NamesIn<Unwrapped<R>>
        : never;

/** `path` itself where it leads somewhere, otherwise an impossible type that says so. */
export type ValidPath<P extends Payload, Path extends string, A = object> = [PathValue<P, Path, A>] extends [
  never,
]
  ? `Unknown name: ${Path}`
  : Path;

/** The names of an expression checked against a model: the expression, or a type that nothing fits. */
export type ValidExpression<P extends Payload, E, A = object> =
  E extends Expression<infer T>
    ? UnknownNames<P, NamesIn<T>, A> extends never
      ? E
      : `Unknown name: ${UnknownNames<P, NamesIn<T>, A>}`
    : E;

type UnknownNames<P extends Payload, Name extends string, A> = Name extends string
  ? [PathValue<P, Name, A>] extends [never]
    ? Name
    : never
  : never;

/** What `annotate()` takes: new names for expressions whose names the model knows. */
export type ValidAnnotations<P extends Payload, E, A = object> = {
  [Name in keyof E]: Name extends keyof P['scalars'] | keyof P['objects']
    ? `${Name & string} is already a field`
    : E[Name] extends FilteredRelationSpecification<infer Path>
      ? FilteredRelationSpecification<ValidPath<P, Path>>
      : ValidExpression<P, E[Name], A>;
};

/** What the names that `annotate()` was given mean in further expressions: values, and filtered relations. */
export type AnnotationValues<P extends Payload, E, A = object> = {
  -readonly [Name in keyof E]: E[Name] extends Expression<infer T> ? Resolved<P, T, A> : E[Name];
};

/** The values of annotations in a row, of which filtered relations are none. */
export type AnnotatedRow<P extends Payload, E, A = object> = {
  -readonly [
    Name in keyof E as E[Name] extends FilteredRelationSpecification ? never : Name
  ]: E[Name] extends Expression<infer T> ? Resolved<P, T, A> : E[Name];
};

/** A term of `orderBy()`. */
export type OrderArgument<P extends Payload, T, A = object> = T extends string
  ? T extends '?'
    ? T
    : T extends `-${infer Path}`
      ? `-${ValidPath<P, Path, A>}`
      : ValidPath<P, T, A>
  : T extends Ordering | Expression
    ? T
    : never;
