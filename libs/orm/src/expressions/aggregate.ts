import { predicateOf } from '../query/predicate.js';
import { conditionOf } from '../query/condition-of.js';
import type { Scope } from '../query/scope.js';
import { FALSE, sql, TRUE } from '../query/sql.js';
import { typeOf, type ValueType } from '../query/value-type.js';
import { Expression, Literal, type Ordering, orderingNode, type Operand } from './expression.js';
import { Reference } from './reference.js';

export interface AggregateOptions {
  /** Whether equal values count once. */
  distinct?: boolean;
  /** The rows that count; dotted paths mean the rows that are aggregated. */
  filter?: object;
  /** What it is of no rows. */
  default?: unknown;
}

/** How one aggregate function is written, and what it makes of a type. */
export interface AggregateFunction {
  readonly name: string;
  readonly type: (argument: ValueType) => ValueType;
  /** Arguments after the first one. */
  readonly rest?: readonly Expression[];
  readonly orderBy?: readonly Ordering[];
}

/** A value computed of many rows. Django: `Aggregate`. */
export class Aggregate<T = unknown> extends Expression<T> {
  constructor(
    readonly call: AggregateFunction,
    readonly argument: Expression | undefined,
    readonly options: AggregateOptions = {},
  ) {
    super();
  }

  /** What it is computed of, its filter apart. */
  get measured(): readonly Expression[] {
    const ordered = (this.call.orderBy ?? []).map((ordering) => ordering.expression);
    return this.argument ? [this.argument, ...ordered] : ordered;
  }

  override get sources(): readonly Expression[] {
    return this.measured;
  }

  override get opensScope(): boolean {
    return true;
  }

  override get defaultAlias(): string | undefined {
    return this.argument instanceof Reference
      ? `${this.argument.path.replaceAll('.', '__')}__${this.call.name}`
      : undefined;
  }

  override resolve(scope: Scope): Operand {
    return scope.aggregates.resolve(this, scope);
  }

  /** Computes it over the rows of a scope. */
  over(scope: Scope): Operand {
    const argument = this.#measure(scope);
    const type = this.call.type(argument?.type ?? typeOf('Unknown'));
    const rest = (this.call.rest ?? []).map((expression) => expression.resolve(scope));
    const call = scope.dialect.aggregate({
      name: this.call.name,
      args: argument ? [argument, ...rest] : [],
      distinct: this.options.distinct === true,
      orderBy: (this.call.orderBy ?? []).map((item) =>
        orderingNode(item, item.expression.resolve(scope), scope.dialect),
      ),
      filter: this.#filter(scope),
    });
    return { node: this.#withDefault(call, type, scope), type, isAggregate: true };
  }

  #measure(scope: Scope): Operand | undefined {
    const { argument, call, options } = this;
    return argument instanceof Reference && call.name === 'count'
      ? scope.counted(argument.path, options.distinct === true)
      : argument?.resolve(scope);
  }

  #filter(scope: Scope): Operand['node'] | undefined {
    if (!this.options.filter) return undefined;
    const outcome = predicateOf(conditionOf(this.options.filter, scope), scope);
    return typeof outcome === 'boolean' ? (outcome ? TRUE : FALSE) : outcome.node;
  }

  #withDefault(node: Operand['node'], type: ValueType, scope: Scope): Operand['node'] {
    if (this.options.default === undefined) return node;
    const given = this.options.default;
    const fallback = given instanceof Expression ? given : new Literal(given, type);
    return sql`coalesce(${node}, ${fallback.resolve(scope).node})`;
  }
}
