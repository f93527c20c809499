import type { OperationNode } from 'kysely';
import { InvalidValueError } from '../errors.js';
import type { Scope } from '../query/scope.js';
import { join, keyword, sql } from '../query/sql.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import { Aggregate } from './aggregate.js';
import type { Symbolic } from './aggregates.js';
import {
  type Argument,
  Expression,
  Literal,
  type Operand,
  operandOf,
  Ordering,
  orderingNode,
} from './expression.js';
import { FunctionCall } from './func.js';
import { argumentOf, Reference } from './reference.js';

/** The rows around the current one that a window function sees. */
export class Frame {
  constructor(
    readonly unit: 'rows' | 'range',
    readonly start: number | null,
    readonly end: number | null,
  ) {}

  get node(): OperationNode {
    return keyword(
      ` ${this.unit} between ${bound(this.start, 'preceding')} and ${bound(this.end, 'following')}`,
    );
  }
}

function bound(offset: number | null, unbounded: 'preceding' | 'following'): string {
  if (offset === null) return `unbounded ${unbounded}`;
  if (!Number.isInteger(offset))
    throw new InvalidValueError('A frame begins and ends so many whole rows away.');
  if (offset === 0) return 'current row';
  return offset < 0 ? `${-offset} preceding` : `${offset} following`;
}

export interface WindowOptions {
  partitionBy?: Argument | readonly Argument[];
  /** Names, `-` for descending, or orderings. */
  orderBy?: Argument | Ordering | readonly (Argument | Ordering)[];
  frame?: Frame;
}

/** A function computed over the rows around each row. Django: `Window`. */
export class WindowExpression<T = unknown> extends Expression<T> {
  readonly partitions: readonly Expression[];
  readonly orderings: readonly Ordering[];

  constructor(
    readonly computed: Expression<T>,
    options: WindowOptions,
  ) {
    super();
    this.partitions = listOf(options.partitionBy).map((item) => argumentOf(item));
    this.orderings = listOf(options.orderBy).map(orderingOf);
    this.frame = options.frame;
  }

  readonly frame: Frame | undefined;

  override get sources(): readonly Expression[] {
    const measured = this.computed instanceof Aggregate ? this.computed.measured : this.computed.sources;
    return [...measured, ...this.partitions, ...this.orderings.map((ordering) => ordering.expression)];
  }

  override resolve(scope: Scope): Operand {
    const { node, type } =
      this.computed instanceof Aggregate ? this.computed.over(scope) : this.computed.resolve(scope);
    const partition = this.partitions.map((expression) => expression.resolve(scope).node);
    const order = this.orderings.map((ordering) =>
      orderingNode(ordering, ordering.expression.resolve(scope), scope.dialect),
    );
    const clauses = [...clause('partition by', partition), ...clause('order by', order)];
    const over = clauses.length > 0 ? join(clauses, ' ') : keyword('');
    return { node: sql`${node} over (${over}${this.frame?.node ?? keyword('')})`, type, isWindow: true };
  }
}

function clause(name: string, nodes: readonly OperationNode[]): OperationNode[] {
  return nodes.length === 0 ? [] : [sql`${keyword(`${name} `)}${join(nodes, ', ')}`];
}

function listOf<T>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function orderingOf(term: Argument | Ordering): Ordering {
  if (term instanceof Ordering) return term;
  if (typeof term !== 'string') return new Ordering(term);
  return term.startsWith('-')
    ? new Ordering(new Reference(term.slice(1)), true)
    : new Ordering(new Reference(term));
}

/**
 * Computes a function over the rows around each row, without grouping them. Django: `Window`.
 *
 * @example
 * books.annotate({ rank: Window(RowNumber(), { partitionBy: 'publisher', orderBy: '-price' }) }).filter({ rank: { lte: 3 } })
 */
export function Window<T>(computed: Expression<T>, options: WindowOptions = {}): WindowExpression<T> {
  return new WindowExpression(computed, options);
}

/** A frame of rows: negative offsets are before the current row, null is without an end. Django: `RowRange`. */
export function RowRange(start: number | null = null, end: number | null = null): Frame {
  return new Frame('rows', start, end);
}

/** A frame of values of the order. Django: `ValueRange`. */
export function ValueRange(start: number | null = null, end: number | null = null): Frame {
  return new Frame('range', start, end);
}

const int8 = (): ValueType => ({ kind: 'Int', native: 'Int8' });
const float = (): ValueType => typeOf('Float');
const same = ([type]: readonly ValueType[]): ValueType => type!;

/** The number of the row in its partition, from 1. Django: `RowNumber`. */
export function RowNumber(): FunctionCall<number> {
  return new FunctionCall('row_number', [], int8);
}

/** The rank with gaps after equal rows. Django: `Rank`. */
export function Rank(): FunctionCall<number> {
  return new FunctionCall('rank', [], int8);
}

/** The rank without gaps. Django: `DenseRank`. */
export function DenseRank(): FunctionCall<number> {
  return new FunctionCall('dense_rank', [], int8);
}

/** The rank between 0 and 1. Django: `PercentRank`. */
export function PercentRank(): FunctionCall<number> {
  return new FunctionCall('percent_rank', [], float);
}

/** The part of the rows that come up to this one. Django: `CumeDist`. */
export function CumeDist(): FunctionCall<number> {
  return new FunctionCall('cume_dist', [], float);
}

/** The bucket of so many equal ones that the row falls in. Django: `Ntile`. */
export function Ntile(buckets = 1): FunctionCall<number> {
  if (buckets < 1) throw new InvalidValueError('Ntile() takes a number of buckets from 1 on.');
  return new FunctionCall('ntile', [operandOf(buckets)], int8);
}

export interface OffsetOptions {
  /** How many rows away. Default 1. */
  offset?: number;
  /** What it is where there is no such row; null unless told. */
  default?: unknown;
}

/** A row before this one. Django: `Lag`. */
export function Lag<const A extends Argument>(
  argument: A,
  options: OffsetOptions = {},
): Expression<{ nullable: Symbolic<A> }> {
  return shifted('lag', argument, options);
}

/** A row after this one. Django: `Lead`. */
export function Lead<const A extends Argument>(
  argument: A,
  options: OffsetOptions = {},
): Expression<{ nullable: Symbolic<A> }> {
  return shifted('lead', argument, options);
}

function shifted<T>(
  name: string,
  argument: Argument,
  { offset = 1, default: otherwise = null }: OffsetOptions,
): FunctionCall<T> {
  if (offset < 1) throw new InvalidValueError(`${name}() looks at least one row away.`);
  const rest = otherwise === null ? [] : [operandOf(otherwise)];
  return new FunctionCall(name, [argumentOf(argument), new Literal(offset), ...rest], same);
}

/** The value in the first row of the frame. Django: `FirstValue`. */
export function FirstValue<const A extends Argument>(argument: A): Expression<Symbolic<A>> {
  return new FunctionCall('first_value', [argumentOf(argument)], same);
}

/** The value in the last row of the frame. Django: `LastValue`. */
export function LastValue<const A extends Argument>(argument: A): Expression<Symbolic<A>> {
  return new FunctionCall('last_value', [argumentOf(argument)], same);
}

/** The value in the n-th row of the frame, from 1. Django: `NthValue`. */
export function NthValue<const A extends Argument>(
  argument: A,
  nth = 1,
): Expression<{ nullable: Symbolic<A> }> {
  if (nth < 1) throw new InvalidValueError('NthValue() counts rows from 1.');
  return new FunctionCall('nth_value', [argumentOf(argument), new Literal(nth)], same);
}
