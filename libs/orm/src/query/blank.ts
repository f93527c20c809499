import type { ValueType } from './value-type.js';

/** Thrown where a value decides what the SQL of a query is, so that no blank can stand for it. */
export class NoBlankError extends Error {}

/** What stands for a value that a query is asked about, while the query is compiled for any such value. */
export class Blank {
  constructor(
    readonly index: number,
    /** Whether it may be a number that an integer column cannot hold, which is compared in another way. */
    readonly isFraction: boolean,
  ) {}

  /** The parameter that the value becomes. */
  as(type: ValueType): TypedBlank {
    if (this.isFraction && (type.kind === 'Int' || type.kind === 'BigInt')) throw new NoBlankError();
    return new TypedBlank(this.index, type);
  }
}

/** A parameter that is still to be made of a value. */
export class TypedBlank {
  constructor(
    readonly index: number,
    readonly type: ValueType,
  ) {}
}

/** What stands for a text that becomes a part of a pattern; no text of a query has a control character in it there. */
export function blankText(index: number): string {
  return `\u0001${index}\u0001`;
}

/** The number of the blank in a pattern, and what stands around it. */
export function blankIn(pattern: string): { before: string; index: number; after: string } | undefined {
  const [before, index, after, more] = pattern.split('\u0001');
  return index === undefined || after === undefined || more !== undefined
    ? undefined
    : { before: before!, index: Number(index), after };
}
