import type { OperationNode } from 'kysely';
import { InvalidValueError } from '../errors.js';
import type { Scope } from '../query/scope.js';
import { keyword, sql } from '../query/sql.js';
import type { SqlDialect } from '../query/sql-dialect.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import { arithmeticType, type ArithmeticOperator } from './arithmetic-type.js';
import { bindLiteral, inferType } from './literal.js';

declare const valueOf: unique symbol;

/** An expression whose names are bound to a scope: the SQL, and what is known of its value. */
export interface Operand {
  readonly node: OperationNode;
  readonly type: ValueType;
  /** The nullable column that a negated comparison must not be decided by. */
  readonly guard?: OperationNode;
  /** Whether it is computed over a group of rows, so that it can stand only where a group is known. */
  readonly isAggregate?: boolean;
  /** Whether it is computed over a window, so that no condition of the same statement can use it. */
  readonly isWindow?: boolean;
  /** How it reads as text, where that is not what a cast makes of it. */
  readonly text?: OperationNode;
  /** A value given by the caller: its type yields to the other side's. */
  readonly literal?: unknown;
}

/** What an expression takes as an argument: another expression, or the name of a field, a dotted path or an annotation. */
export type Argument = Expression | string;

/** Anything that can give an expression of itself, as a QuerySet gives a subquery. */
export interface ExpressionSource {
  toExpression(): Expression;
}

/**
 * A value that the database computes: the parent of everything that `annotate()`, `aggregate()`, `orderBy()`,
 * `values()` and `filter()` take beside names.
 *
 * A new kind of expression is a class with `sources` and `resolve()`.
 *
 * @example
 * class Soundex extends Expression<string> {
 *   constructor(readonly argument: Expression) { super(); }
 *   override get sources() { return [this.argument]; }
 *   override resolve(scope: Scope) {
 *     return { node: sql`soundex(${this.argument.resolve(scope).node})`, type: typeOf('String') };
 *   }
 * }
 */
export abstract class Expression<out T = unknown> {
  declare readonly [valueOf]: T;

  /** Binds names to columns of `scope`; joins what the names need. */
  abstract resolve(scope: Scope): Operand;

  /** The expressions inside of this one. */
  get sources(): readonly Expression[] {
    return [];
  }

  /** Whether the names in it are bound by a query of its own, as those in an aggregate or a subquery are. */
  get opensScope(): boolean {
    return false;
  }

  /** The name that a positional `annotate()` or `aggregate()` gives it. */
  get defaultAlias(): string | undefined {
    return undefined;
  }

  /** Adds. A string is a value, not a name. */
  add<V>(other: V): Arithmetic<{ arithmetic: [T, V] }> {
    return new Arithmetic('+', this, operandOf(other));
  }

  sub<V>(other: V): Arithmetic<{ arithmetic: [T, V] }> {
    return new Arithmetic('-', this, operandOf(other));
  }

  mul<V>(other: V): Arithmetic<{ arithmetic: [T, V] }> {
    return new Arithmetic('*', this, operandOf(other));
  }

  /** Divides; two integers divide to an integer, as in the database. */
  div<V>(other: V): Arithmetic<{ arithmetic: [T, V] }> {
    return new Arithmetic('/', this, operandOf(other));
  }

  mod<V>(other: V): Arithmetic<{ arithmetic: [T, V] }> {
    return new Arithmetic('%', this, operandOf(other));
  }

  pow<V>(other: V): Arithmetic<{ arithmetic: [T, V] }> {
    return new Arithmetic('^', this, operandOf(other));
  }

  neg(): Arithmetic<T> {
    return new Arithmetic('*', this, operandOf(-1));
  }

  /** Orders by it, ascending. */
  asc(options: OrderingOptions = {}): Ordering {
    return new Ordering(this, false, options.nulls);
  }

  /** Orders by it, descending. */
  desc(options: OrderingOptions = {}): Ordering {
    return new Ordering(this, true, options.nulls);
  }
}

export interface OrderingOptions {
  /** Where nulls stand; without it the database decides. */
  nulls?: 'first' | 'last';
}

/** An expression with the direction that `orderBy()` sorts it in. */
export class Ordering {
  constructor(
    readonly expression: Expression,
    readonly descending = false,
    readonly nulls?: 'first' | 'last',
  ) {
    if (nulls !== undefined && nulls !== 'first' && nulls !== 'last') {
      throw new InvalidValueError(`Nulls stand "first" or "last", not "${String(nulls)}".`);
    }
  }

  reversed(): Ordering {
    const nulls = this.nulls && (this.nulls === 'first' ? 'last' : 'first');
    return new Ordering(this.expression, !this.descending, nulls);
  }
}

/** A value bound as a parameter. Django: `Value`. */
export class Literal<T = unknown> extends Expression<T> {
  constructor(
    readonly value: unknown,
    readonly type?: ValueType,
  ) {
    super();
  }

  override resolve(scope: Scope): Operand {
    const type = this.type ?? inferType(this.value);
    return { node: bindLiteral(this.value, type, scope), type, ...(!this.type && { literal: this.value }) };
  }
}

/** Two values joined by an arithmetic operator. Django: `CombinedExpression`. */
export class Arithmetic<T = unknown> extends Expression<T> {
  constructor(
    readonly operator: ArithmeticOperator,
    readonly left: Expression,
    readonly right: Expression,
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    return [this.left, this.right];
  }

  override resolve(scope: Scope): Operand {
    const [left, right] = yielding(this.left.resolve(scope), this.right.resolve(scope), scope);
    const type = arithmeticType(this.operator, left.type, right.type);
    return {
      node: scope.dialect.arithmetic(this.operator, left, right),
      type,
      ...inherited([left, right]),
    };
  }
}

/** Gives a number written in code the type of the decimal that it meets. */
function yielding(left: Operand, right: Operand, scope: Scope): [Operand, Operand] {
  const adapt = (operand: Operand, other: Operand): Operand =>
    operand.type.kind === 'Float' && other.type.kind === 'Decimal' && operand.literal !== undefined
      ? { ...operand, node: bindLiteral(operand.literal, typeOf('Decimal'), scope), type: typeOf('Decimal') }
      : operand;
  return [adapt(left, right), adapt(right, left)];
}

/** Makes a value an operand: an expression stays, a QuerySet becomes a subquery, anything else is bound. */
export function operandOf(value: unknown): Expression {
  if (value instanceof Expression) return value;
  return isExpressionSource(value) ? value.toExpression() : new Literal(value);
}

export function isExpressionSource(value: unknown): value is ExpressionSource {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<ExpressionSource>).toExpression === 'function'
  );
}

/** The properties of an operand that it inherits from what it is computed of. */
export function inherited(operands: readonly Operand[]): Pick<Operand, 'isAggregate' | 'isWindow'> {
  return {
    ...(operands.some((operand) => operand.isAggregate) && { isAggregate: true }),
    ...(operands.some((operand) => operand.isWindow) && { isWindow: true }),
  };
}

/** A descending or ascending keyword with the place of nulls. */
export function orderingNode(ordering: Ordering, operand: Operand, dialect: SqlDialect): OperationNode {
  const direction = ordering.descending ? ' desc' : ' asc';
  const before = ordering.nulls && dialect.orderedNulls(operand.node, ordering.nulls);
  if (before) return sql`${before}, ${operand.node}${keyword(direction)}`;
  const nulls = ordering.nulls ? ` nulls ${ordering.nulls}` : '';
  return sql`${operand.node}${keyword(direction + nulls)}`;
}
