import { InvalidQueryError } from '../errors.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import { Aggregate, type AggregateOptions } from './aggregate.js';
import { averageType, countType, sameType, sumType } from './aggregate-types.js';
import { type Argument, Expression, Literal, type Ordering } from './expression.js';
import { argumentOf } from './reference.js';

/** What an argument stands for in types: the value of an expression, or a name that the query knows. */
export type Symbolic<A> = A extends string ? { ref: A } : A extends Expression<infer T> ? T : never;

/** What an aggregate is of no rows: null, unless it is given a default. */
type Defaulted<T, O> = O extends { default: infer D } ? (undefined extends D ? T : { filled: T }) : T;

/** Counts rows with a value, of a relation or of `'*'`. Django: `Count`. */
export function Count<const A extends Argument = '*'>(
  argument: A | '*' = '*',
  options: Omit<AggregateOptions, 'default'> = {},
): Aggregate<{ count: A extends '*' ? never : Symbolic<A> }> {
  if ('default' in options) throw new InvalidQueryError('Count takes no default: it is 0 of no rows.');
  const measured = argument === '*' ? undefined : argumentOf(argument);
  return new Aggregate({ name: 'count', type: countType }, measured, options);
}

/** Adds up values; null of no rows. Django: `Sum`. */
export function Sum<const A extends Argument, const O extends AggregateOptions = object>(
  argument: A,
  options?: O,
): Aggregate<Defaulted<{ sum: Symbolic<A> }, O>> {
  return new Aggregate({ name: 'sum', type: sumType }, argumentOf(argument), options);
}

/** The mean of values: of integers a number, of decimals a decimal. Django: `Avg`. */
export function Avg<const A extends Argument, const O extends AggregateOptions = object>(
  argument: A,
  options?: O,
): Aggregate<Defaulted<{ avg: Symbolic<A> }, O>> {
  return new Aggregate({ name: 'avg', type: averageType }, argumentOf(argument), options);
}

/** The least value. Django: `Min`. */
export function Min<const A extends Argument, const O extends AggregateOptions = object>(
  argument: A,
  options?: O,
): Aggregate<Defaulted<{ nullable: Symbolic<A> }, O>> {
  return new Aggregate({ name: 'min', type: sameType }, argumentOf(argument), options);
}

/** The greatest value. Django: `Max`. */
export function Max<const A extends Argument, const O extends AggregateOptions = object>(
  argument: A,
  options?: O,
): Aggregate<Defaulted<{ nullable: Symbolic<A> }, O>> {
  return new Aggregate({ name: 'max', type: sameType }, argumentOf(argument), options);
}

export interface StatisticsOptions extends AggregateOptions {
  /** Whether the rows are a sample of a larger population. */
  sample?: boolean;
}

/** The standard deviation of values. Django: `StdDev`. */
export function StdDev(argument: Argument, options: StatisticsOptions = {}): Aggregate<number | null> {
  const name = options.sample ? 'stddev_samp' : 'stddev_pop';
  return new Aggregate({ name, type: () => typeOf('Float') }, argumentOf(argument), options);
}

/** The variance of values. Django: `Variance`. */
export function Variance(argument: Argument, options: StatisticsOptions = {}): Aggregate<number | null> {
  const name = options.sample ? 'var_samp' : 'var_pop';
  return new Aggregate({ name, type: () => typeOf('Float') }, argumentOf(argument), options);
}

export interface OrderedAggregateOptions extends AggregateOptions {
  /** The order in which values are put together. */
  orderBy?: readonly Ordering[];
}

/** Joins texts by a separator. Django: `StringAgg`. */
export function StringAgg(
  argument: Argument,
  separator: string,
  options: OrderedAggregateOptions = {},
): Aggregate<string | null> {
  const rest = [new Literal(separator)];
  const call = { name: 'string_agg', type: () => typeOf('String'), rest, orderBy: options.orderBy };
  return new Aggregate(call, argumentOf(argument), options);
}

/** Collects values in a list. Django: `ArrayAgg`. */
export function ArrayAgg(
  argument: Argument,
  options: OrderedAggregateOptions = {},
): Aggregate<unknown[] | null> {
  const type = (element: ValueType): ValueType => ({ ...element, isList: true });
  return new Aggregate({ name: 'array_agg', type, orderBy: options.orderBy }, argumentOf(argument), options);
}

/** Collects values in a JSON array. Django: `JSONBAgg`. */
export function JSONAgg(
  argument: Argument,
  options: OrderedAggregateOptions = {},
): Aggregate<unknown[] | null> {
  const call = { name: 'jsonb_agg', type: () => typeOf('Json'), orderBy: options.orderBy };
  return new Aggregate(call, argumentOf(argument), options);
}

/** Whether a condition holds in all rows. Django: `BoolAnd`. */
export function BoolAnd(argument: Argument, options: AggregateOptions = {}): Aggregate<boolean | null> {
  return new Aggregate({ name: 'bool_and', type: () => typeOf('Boolean') }, argumentOf(argument), options);
}

/** Whether a condition holds in any row. Django: `BoolOr`. */
export function BoolOr(argument: Argument, options: AggregateOptions = {}): Aggregate<boolean | null> {
  return new Aggregate({ name: 'bool_or', type: () => typeOf('Boolean') }, argumentOf(argument), options);
}
