import { ExceptionClass, exceptions, PythonError } from '../python/index.js';

const base = exceptions['Exception']!;
const databaseError = new ExceptionClass('DatabaseError', base);

/** Django's exceptions, by name. */
export const djangoErrors: Readonly<Record<string, ExceptionClass>> = Object.fromEntries(
  [
    new ExceptionClass('ObjectDoesNotExist', base),
    new ExceptionClass('MultipleObjectsReturned', base),
    new ExceptionClass('FieldError', base),
    new ExceptionClass('FieldDoesNotExist', base),
    new ExceptionClass('ValidationError', base),
    new ExceptionClass('Http404', base),
    databaseError,
    ...['IntegrityError', 'OperationalError', 'ProgrammingError', 'DataError', 'NotSupportedError'].map(
      (name) => new ExceptionClass(name, databaseError),
    ),
    new ExceptionClass('ProtectedError', new ExceptionClass('IntegrityError', databaseError)),
    new ExceptionClass('TransactionManagementError', new ExceptionClass('ProgrammingError', databaseError)),
  ].map((error) => [error.name, error]),
);

const doesNotExist = new Map<string, ExceptionClass>();

/** `Book.DoesNotExist`. */
export function doesNotExistOf(model: string): ExceptionClass {
  const known =
    doesNotExist.get(model) ??
    new ExceptionClass(`${model}.DoesNotExist`, djangoErrors['ObjectDoesNotExist']);
  doesNotExist.set(model, known);
  return known;
}

const missingRelated = new ExceptionClass('RelatedObjectDoesNotExist', exceptions['AttributeError']);

/** What reading a one-to-one relation raises where there is no row at the other end. */
export function relatedObjectDoesNotExist(error: Error): PythonError {
  return raised(missingRelated, error);
}

/** How Django spells our errors; the others have the same name, with or without `Error`. */
const spellings: Readonly<Record<string, string>> = {
  InvalidQueryError: 'TypeError',
  InvalidValueError: 'ValueError',
  NotUpdatedError: 'DatabaseError',
};

/** Prisma's codes, and PostgreSQL's classes of them, of what Django names after the class of the failure. */
const codes: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^(P2002|P2003|P2004|P2011|P2014|23...)$/, 'IntegrityError'],
  [/^(P2025)$/, 'DatabaseError'],
  [/^(P2000|P2020|22...)$/, 'DataError'],
  [/^(42...)$/, 'ProgrammingError'],
  // SQLite's codes: a constraint with its kind, and anything else.
  [/^(275|787|1299|1555|1811|2067|2579)$/, 'IntegrityError'],
  [/^1$/, 'OperationalError'],
];

/** Makes an error of ours, of Prisma or of the driver the one that the program knows. */
export function toPythonError(error: unknown): unknown {
  if (error instanceof PythonError || !(error instanceof Error)) return error;
  const { model } = error as { model?: string };
  if (error.constructor.name === 'DoesNotExistError' && model !== undefined)
    return raised(doesNotExistOf(model), error);
  const name = nameOf(error);
  const known = djangoErrors[name] ?? exceptions[name];
  return known ? raised(known, error) : error;
}

function nameOf(error: Error): string {
  const own = error.constructor.name;
  if (own === 'DatabaseError') return nameOfCode(error) ?? own;
  const spelled = spellings[own] ?? own;
  if (djangoErrors[spelled] || spellings[own]) return spelled;
  if (djangoErrors[own.replace(/Error$/, '')]) return own.replace(/Error$/, '');
  return nameOfCode(error) ?? own;
}

function nameOfCode(error: Error): string | undefined {
  const code = codeOf(error);
  return codes.find(([pattern]) => code !== undefined && pattern.test(code))?.[1];
}

function codeOf(error: Error): string | undefined {
  const { code, cause } = error as { code?: string; cause?: { originalCode?: string; code?: string } };
  return code ?? cause?.originalCode ?? cause?.code;
}

function raised(type: ExceptionClass, cause: Error): PythonError {
  const error = new PythonError(type, [cause.message]);
  error.cause = cause;
  return error;
}

/** Runs a call of ours, whose errors become those of the program. */
export async function inPython<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toPythonError(error);
  }
}
