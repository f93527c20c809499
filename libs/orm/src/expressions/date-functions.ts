import { FieldError } from '../errors.js';
import type { DatePart, TruncUnit } from '../query/sql-dialect.js';
import { truncUnits } from '../query/sql-dialect.js';
import type { Scope } from '../query/scope.js';
import { datePart, type DateTransform } from '../query/transforms.js';
import { isTemporal, typeOf, type ValueType } from '../query/value-type.js';
import { toSeconds, type Duration as DurationInput } from '@nest-quintet/core';
import type { Symbolic } from './aggregates.js';
import { type Argument, Expression, inherited, Literal, type Operand } from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf } from './reference.js';

export interface DateOptions {
  /** The time zone, such as `'Europe/Berlin'`, whose calendar counts. Default `'UTC'`. */
  timeZone?: string;
}

class PartOfDate<T> extends Expression<T> {
  constructor(
    readonly part: DateTransform,
    readonly argument: Expression,
    readonly timeZone: string,
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    return [this.argument];
  }

  override resolve(scope: Scope): Operand {
    const argument = temporal(this.argument.resolve(scope));
    return { ...datePart(argument, this.part, this.timeZone, scope), ...inherited([argument]) };
  }
}

class TruncatedDate<T> extends Expression<T> {
  constructor(
    readonly unit: TruncUnit,
    readonly argument: Expression,
    readonly timeZone: string,
    readonly as?: 'Date' | 'DateTime' | 'Time',
  ) {
    super();
    if (!truncUnits.includes(unit)) throw new FieldError(`A date cannot be truncated to "${unit}".`);
  }

  override get sources(): readonly Expression[] {
    return [this.argument];
  }

  override resolve(scope: Scope): Operand {
    const argument = temporal(this.argument.resolve(scope));
    const type: ValueType = this.as && this.as !== argument.type.kind ? typeOf(this.as) : argument.type;
    return {
      node: scope.dialect.truncate(this.unit, argument, this.timeZone, type),
      type,
      ...inherited([argument]),
    };
  }
}

function temporal(operand: Operand): Operand {
  if (isTemporal(operand.type)) return operand;
  throw new FieldError(`A part of a date is taken of a date, not of a value of type ${operand.type.kind}.`);
}

type Part<A> = { nullLike: [number, Symbolic<A>] };
type Moment<A> = { nullLike: [Date, Symbolic<A>] };

/** A part of a date, such as `'year'`; weekDay counts from Sunday as 1. Django: `Extract`. */
export function Extract<const A extends Argument>(
  argument: A,
  part: DatePart,
  { timeZone = 'UTC' }: DateOptions = {},
): Expression<Part<A>> {
  return new PartOfDate(part, argumentOf(argument), timeZone);
}

export interface TruncOptions extends DateOptions {
  /** The type of the result, where it is not that of the argument. */
  as?: 'Date' | 'DateTime' | 'Time';
}

/** The start of the year, month, week (Monday), … that a date is in. Django: `Trunc`. */
export function Trunc<const A extends Argument>(
  argument: A,
  unit: TruncUnit,
  { timeZone = 'UTC', as }: TruncOptions = {},
): Expression<Moment<A>> {
  return new TruncatedDate(unit, argumentOf(argument), timeZone, as);
}

/** The day of a moment. Django: `TruncDate`. */
export function TruncDate<const A extends Argument>(
  argument: A,
  { timeZone = 'UTC' }: DateOptions = {},
): Expression<Moment<A>> {
  return new PartOfDate('date', argumentOf(argument), timeZone);
}

/** The time of day of a moment. Django: `TruncTime`. */
export function TruncTime<const A extends Argument>(
  argument: A,
  { timeZone = 'UTC' }: DateOptions = {},
): Expression<Moment<A>> {
  return new PartOfDate('time', argumentOf(argument), timeZone);
}

type ExtractPart = <const A extends Argument>(argument: A, options?: DateOptions) => Expression<Part<A>>;
type TruncTo = <const A extends Argument>(argument: A, options?: TruncOptions) => Expression<Moment<A>>;

export const ExtractYear: ExtractPart = (argument, options) => Extract(argument, 'year', options);
export const ExtractIsoYear: ExtractPart = (argument, options) => Extract(argument, 'isoYear', options);
export const ExtractQuarter: ExtractPart = (argument, options) => Extract(argument, 'quarter', options);
export const ExtractMonth: ExtractPart = (argument, options) => Extract(argument, 'month', options);
export const ExtractWeek: ExtractPart = (argument, options) => Extract(argument, 'week', options);
export const ExtractDay: ExtractPart = (argument, options) => Extract(argument, 'day', options);
export const ExtractWeekDay: ExtractPart = (argument, options) => Extract(argument, 'weekDay', options);
export const ExtractIsoWeekDay: ExtractPart = (argument, options) => Extract(argument, 'isoWeekDay', options);
export const ExtractHour: ExtractPart = (argument, options) => Extract(argument, 'hour', options);
export const ExtractMinute: ExtractPart = (argument, options) => Extract(argument, 'minute', options);
export const ExtractSecond: ExtractPart = (argument, options) => Extract(argument, 'second', options);

export const TruncYear: TruncTo = (argument, options) => Trunc(argument, 'year', options);
export const TruncQuarter: TruncTo = (argument, options) => Trunc(argument, 'quarter', options);
export const TruncMonth: TruncTo = (argument, options) => Trunc(argument, 'month', options);
export const TruncWeek: TruncTo = (argument, options) => Trunc(argument, 'week', options);
export const TruncDay: TruncTo = (argument, options) => Trunc(argument, 'day', options);
export const TruncHour: TruncTo = (argument, options) => Trunc(argument, 'hour', options);
export const TruncMinute: TruncTo = (argument, options) => Trunc(argument, 'minute', options);
export const TruncSecond: TruncTo = (argument, options) => Trunc(argument, 'second', options);

/** The moment at which the transaction began. Django: `Now`. */
export function Now(): FunctionCall<Date> {
  return new FunctionCall(
    'now',
    [],
    () => typeOf('DateTime'),
    (_, { dialect }) => dialect.now(),
  );
}

/** A length of time, in seconds or as text such as `'2d'`, to add to or take from a date. Django: a `timedelta`. */
export function Duration(length: DurationInput): Literal<number> {
  return new Literal(toSeconds(length, 'Duration'), typeOf('Duration'));
}
