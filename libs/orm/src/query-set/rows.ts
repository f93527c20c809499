import type { Expression } from '../expressions/expression.js';
import type { ModelName } from '../metadata/register.js';
import type { PrefetchArgument, PrefetchSpecification } from './prefetch-argument.js';
import type { QuerySet } from './query-set.js';
import type {
  AnnotationValues,
  MissingRow,
  PathValue,
  PayloadOf,
  RowOf,
  ValidExpression,
  ValidPath,
} from './types.js';

/** What a manager's own methods add to its QuerySets, which stays as they change. */
export type Extra<Q> = Omit<Q, keyof QuerySet>;

export type KeyPart<M extends ModelName> = RowOf<M> extends { id: infer Id } ? { id: Id } : object;

export type ValuesArgument<M extends ModelName, P, A> = P extends string
  ? ValidPath<PayloadOf<M>, P, A>
  : P extends Expression
    ? ValidExpression<PayloadOf<M>, P, A>
    : { [Name in keyof P]: ValidExpression<PayloadOf<M>, P[Name], A> };

export type ListItem<M extends ModelName, P, A> = P extends string
  ? PathValue<PayloadOf<M>, P, A>
  : P extends Expression
    ? AnnotationValues<PayloadOf<M>, { value: P }, A>['value']
    : never;

export type NamedValues<M extends ModelName, P, A> = AnnotationValues<
  PayloadOf<M>,
  UnionToIntersection<P extends string | Expression ? object : P>,
  A
>;

export type ValuesRow<M extends ModelName, P extends readonly unknown[], T, A> = P extends readonly []
  ? T
  : Flattened<
      { [Name in Extract<P[number], string>]: PathValue<PayloadOf<M>, Name, A> } & NamedValues<
        M,
        P[number],
        A
      >
    >;

type Flattened<T> = { [K in keyof T]: T[K] };
type UnionToIntersection<U> = (U extends unknown ? (value: U) => void : never) extends (
  value: infer I,
) => void
  ? I
  : never;

/** The rows of to-one relations under the names of a path. */
export type RelatedRows<M extends ModelName, Path extends string> = UnionToIntersection<
  Path extends string ? Nested<PayloadOf<M>, Path> : never
>;

type Nested<P, Path extends string> = P extends { objects: infer O }
  ? Path extends `${infer Head}.${infer Rest}`
    ? Head extends keyof O
      ? {
          [K in Head]: (RowIn<O[Head]> & Nested<NonNullable<O[Head]>, Rest>) | MissingRow<O[Head]>;
        }
      : object
    : Path extends keyof O
      ? { [K in Path]: RowIn<O[Path]> | MissingRow<O[Path]> }
      : object
  : object;

type RowIn<T> = NonNullable<T> extends { scalars: infer Row } ? Row : never;

export type PrefetchedRows<M extends ModelName, P> = UnionToIntersection<
  P extends PrefetchArgument ? PrefetchRows<M, P> : never
>;

type PrefetchRows<M extends ModelName, P> = P extends `${infer Head}.${string}`
  ? PrefetchRows<M, Head>
  : P extends string
    ? ManyRows<PayloadOf<M>, P>
    : P extends PrefetchSpecification<infer Path, infer R, infer Attr>
      ? unknown extends R
        ? ManyRows<PayloadOf<M>, Path>
        : { [K in string extends Attr ? Path : Attr]: ManyOf<PayloadOf<M>, Path, R> }
      : object;

type ManyRows<P, Name extends string> = P extends { objects: infer O }
  ? Name extends keyof O
    ? {
        [K in Name]: O[Name] extends readonly (infer Item)[]
          ? RowIn<Item>[]
          : RowIn<O[Name]> | MissingRow<O[Name]>;
      }
    : object
  : object;

type ManyOf<P, Name extends string, R> = P extends { objects: infer O }
  ? Name extends keyof O
    ? O[Name] extends readonly unknown[]
      ? R[]
      : R | null
    : unknown
  : unknown;
