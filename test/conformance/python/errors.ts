import { HostObject, native, type Value } from './host-object.js';

/** An error that Python itself raises, or that the program raises by name. */
export class PythonError extends Error {
  constructor(
    readonly type: ExceptionClass,
    readonly args: readonly Value[],
  ) {
    super(args.map(String).join(', '));
    this.name = type.name;
  }
}

/** The class of an exception; calling it makes one. */
export class ExceptionClass extends HostObject {
  readonly typeName = 'type';

  constructor(
    readonly name: string,
    readonly base?: ExceptionClass,
  ) {
    super();
  }

  /** The names of this class and of its ancestors. */
  get lineage(): string[] {
    return [this.name, ...(this.base?.lineage ?? [])];
  }

  override getAttribute(name: string): Value {
    return name === '__name__' ? this.name : undefined;
  }

  override call(args: readonly Value[]): PythonError {
    return new PythonError(this, args);
  }

  override matchesError(error: unknown): boolean {
    return pythonNames(error).includes(this.name);
  }

  override hasInstance(value: Value): boolean {
    return value instanceof Error && this.matchesError(value);
  }
}

const hierarchy = {
  BaseException: ['KeyboardInterrupt', 'Exception'],
  Exception: [
    'ArithmeticError',
    'AssertionError',
    'AttributeError',
    'LookupError',
    'NameError',
    'RuntimeError',
    'StopIteration',
    'TypeError',
    'ValueError',
  ],
  ArithmeticError: ['OverflowError', 'ZeroDivisionError'],
  LookupError: ['IndexError', 'KeyError'],
  RuntimeError: ['NotImplementedError', 'RecursionError'],
  ValueError: ['UnicodeError'],
};

/** Python's built-in exceptions by name. */
export const exceptions: Readonly<Record<string, ExceptionClass>> = buildExceptions();

function buildExceptions(): Record<string, ExceptionClass> {
  const classes: Record<string, ExceptionClass> = { BaseException: new ExceptionClass('BaseException') };
  for (const [base, names] of Object.entries(hierarchy)) {
    for (const name of names) classes[name] = new ExceptionClass(name, classes[base]);
  }
  return classes;
}

/** Raises one of Python's built-in exceptions. */
export function raise(name: string, message: string): never {
  throw new PythonError(exceptions[name]!, [message]);
}

const engineErrors: readonly unknown[] = [
  Error,
  TypeError,
  RangeError,
  ReferenceError,
  SyntaxError,
  URIError,
  EvalError,
];

/**
 * Lists the Python class names that an error answers to, the most specific one first.
 *
 * Our own classes spell `DoesNotExist` as `DoesNotExistError`; both names count. An error of the JavaScript engine
 * is a defect and answers to no class that a case could expect, except `Exception`.
 */
export function pythonNames(error: unknown): string[] {
  if (error instanceof PythonError) return error.type.lineage;
  const names: string[] = [];
  for (let at = error; at instanceof Error && at !== Error.prototype; at = Object.getPrototypeOf(at)) {
    const { constructor } = at;
    if (engineErrors.includes(constructor)) {
      if (names.length === 0) names.push(`JavaScript's ${constructor.name}`);
      break;
    }
    if (!names.includes(constructor.name))
      names.push(constructor.name, constructor.name.replace(/Error$/, ''));
  }
  return [...new Set(names), 'Exception', 'BaseException'];
}

/** Tells whether a case that expects the exception `name` is content with this error. */
export function isNamed(error: unknown, name: string): boolean {
  return pythonNames(error).includes(name);
}

/** Answers the attributes of a caught exception. */
export function errorAttribute(error: Error, name: string): Value {
  switch (name) {
    case 'args':
      return error instanceof PythonError ? error.args : [error.message];
    case '__traceback__':
      return error.stack ?? null;
    case '__cause__':
      return error.cause ?? null;
    case 'with_traceback':
      return native('with_traceback', () => error);
    default:
      return undefined;
  }
}
