import type { Scope } from '../query/scope.js';
import { transformed } from '../query/transforms.js';
import { Expression, type Argument, type Operand } from './expression.js';

/** A name, or a dotted path, of the query that it stands in. Django: `F`. */
export class Reference<T = unknown> extends Expression<T> {
  constructor(readonly path: string) {
    super();
  }

  override resolve(scope: Scope): Operand {
    return scope.resolve(this.path);
  }
}

/** A name, or a dotted path, of the query around a subquery. Django: `OuterRef`. */
export class OuterReference<T = unknown> extends Expression<T> {
  constructor(readonly path: string | OuterReference) {
    super();
  }

  override resolve(scope: Scope): Operand {
    return scope.outside(typeof this.path === 'string' ? new Reference(this.path) : this.path);
  }
}

/** What a JSON document has under keys, which unlike those of a path may hold dots. Django: `KT`. */
export class JsonKey extends Expression {
  constructor(
    readonly document: Expression,
    readonly keys: readonly string[],
  ) {
    super();
  }

  override get sources(): readonly Expression[] {
    return [this.document];
  }

  override resolve(scope: Scope): Operand {
    return transformed(this.document.resolve(scope), this.keys, scope);
  }
}

/** Makes an argument an expression: a string is a name. */
export function argumentOf(argument: Argument): Expression {
  return typeof argument === 'string' ? new Reference(argument) : argument;
}

/**
 * Refers to a field, a dotted path across relations, or an annotation. Django: `F`.
 *
 * @example
 * orders.filter({ totalPrice: { gt: F('discountedPrice') } })  // "total_price" > "discounted_price"
 */
export function F<const P extends string>(path: P): Reference<{ ref: P }> {
  return new Reference(path);
}

/** Refers to a name of the query around a subquery. Django: `OuterRef`. */
export function OuterRef(path: string | OuterReference): OuterReference {
  return new OuterReference(path);
}
