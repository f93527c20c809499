import type { BinaryOperator, ComparisonOperator, UnaryOperator } from './syntax.js';

/**
 * Any value of the interpreted program.
 *
 * `None` is null, `True` and `False` are booleans, an int or a float is a number (an int beyond 2^53 a bigint), a
 * str is a string, a list is an array, a tuple a frozen array, a dict a Map, a set a Set; a function or a lambda
 * is a {@link HostObject} with `call`. Everything else is a host object of the evaluator's own.
 */
export type Value = unknown;

export type Keywords = Readonly<Record<string, Value>>;

type Eventually<T> = T | Promise<T>;

/**
 * What an evaluator puts into the interpreted program: a model, a QuerySet, a session, a Decimal.
 *
 * A subclass has the methods for what Python code may do with it; what is absent raises the error that Python
 * raises. The interpreter is asynchronous and awaits every result, so a host object must never be thenable itself:
 * wrap a QuerySet and run it when the program asks for its rows.
 */
export abstract class HostObject {
  /** What `type(x).__name__` says. */
  abstract readonly typeName: string;

  /** Answers `x.name`; undefined says that there is no such attribute. */
  getAttribute?(name: string): Eventually<Value | undefined>;
  setAttribute?(name: string, value: Value): Eventually<void>;
  deleteAttribute?(name: string): Eventually<void>;
  /** Answers `x[key]`; a slice comes as a {@link PythonSlice}. */
  getItem?(key: Value): Eventually<Value>;
  setItem?(key: Value, value: Value): Eventually<void>;
  deleteItem?(key: Value): Eventually<void>;
  call?(args: readonly Value[], keywords: Keywords): Eventually<Value>;
  contains?(item: Value): Eventually<boolean>;
  iterate?(): Eventually<Iterable<Value>>;
  length?(): Eventually<number>;
  isTrue?(): Eventually<boolean>;
  unary?(operator: UnaryOperator): Eventually<Value>;
  /** Answers `x + other`, or `other + x` where `isReflected`; undefined leaves it to the other side. */
  binary?(operator: BinaryOperator, other: Value, isReflected: boolean): Eventually<Value | undefined>;
  /** Answers `x < other`; undefined leaves it to the other side, and `==` to identity. */
  compare?(operator: ComparisonOperator, other: Value): Eventually<boolean | undefined>;
  /** Answers `round(x, digits)`. */
  round?(digits: number): Eventually<Value>;
  /** Answers `str(x)`. */
  toText?(): Eventually<string>;
  /** Answers `float(x)` and `int(x)`. */
  toNumber?(): Eventually<number>;
  /** Answers `with x as value`. */
  enter?(): Eventually<Value>;
  /** Ends the `with`; true swallows the error. */
  exit?(error: unknown): Eventually<boolean | void>;
  /** Runs the body of `with x`, in the place of `enter` and `exit`: for what goes on for the time of a callback. */
  around?(body: () => Promise<void>): Promise<void>;
  /** Answers whether `except x` catches an error. */
  matchesError?(error: unknown): boolean;
  /** Answers `isinstance(value, x)`. */
  hasInstance?(value: Value): boolean;
}

/** The `1:2` in `x[1:2]`. */
export class PythonSlice {
  constructor(
    readonly lower: Value,
    readonly upper: Value,
    readonly step: Value,
  ) {}
}

/** A function written in TypeScript. */
export class NativeFunction extends HostObject {
  readonly typeName = 'builtin_function_or_method';

  constructor(
    readonly name: string,
    override readonly call: (args: readonly Value[], keywords: Keywords) => Value,
  ) {
    super();
  }

  override getAttribute(name: string): Value {
    return name === '__name__' ? this.name : undefined;
  }
}

/**
 * Makes a function of the interpreted program out of one of ours.
 *
 * @example
 * const names = { utc: native('utc', ([text]) => new Moment(text)) };
 */
export function native(
  name: string,
  call: (args: readonly Value[], keywords: Keywords) => Value,
): NativeFunction {
  return new NativeFunction(name, call);
}

/** A module, or anything else that only holds names. */
export class Namespace extends HostObject {
  readonly typeName = 'module';

  constructor(readonly members: Readonly<Record<string, Value>>) {
    super();
  }

  override getAttribute(name: string): Value {
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }
}

export function tuple(items: Iterable<Value>): readonly Value[] {
  return Object.freeze([...items]);
}
