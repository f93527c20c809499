import { choices, QuintetError } from '@nest-quintet/core';

/** Says that a name cannot be resolved, or that it cannot stand where it stands. Django: `FieldError`. */
export class FieldError extends QuintetError {
  /** Words the message for an unknown name, with the names that exist. */
  static unknown(name: string, model: string, names: Iterable<string>): FieldError {
    return new FieldError(`Cannot resolve "${name}" on ${model}. ${choices(names)}`);
  }
}

/** Says that a value cannot be what the field or the lookup needs. Django: `ValueError`. */
export class InvalidValueError extends QuintetError {}

/** Says that a model has no such field where nothing but a field can stand. Django: `FieldDoesNotExist`. */
export class FieldDoesNotExistError extends FieldError {
  static override unknown(name: string, model: string, names: Iterable<string>): FieldDoesNotExistError {
    return new FieldDoesNotExistError(`${model} has no field "${name}". ${choices(names)}`);
  }
}

/** Says that a method was called wrongly, or where it cannot be called. Django: `TypeError`. */
export class InvalidQueryError extends QuintetError {}

/** Says that the database, or this kind of query, cannot do what is asked; thrown before any SQL is sent. */
export class NotSupportedError extends QuintetError {}

/**
 * Says that the database refused a statement of a QuerySet. What Prisma's client refuses is an error of Prisma's;
 * `databaseErrorCode()` knows both. Django: `DatabaseError`.
 */
export class DatabaseError extends QuintetError {
  constructor(
    message: string,
    /** The database's own code, such as PostgreSQL's `40P01` for a deadlock. */
    readonly code: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Says that rows would contradict each other or the schema: a unique value taken, a row referred to. */
export class IntegrityError extends DatabaseError {}

/** Says that a value cannot be what the statement makes of it: too long, out of range, a division by zero. */
export class DataError extends DatabaseError {}

/** Says that the statement is not one that the database can carry out as it is. */
export class ProgrammingError extends DatabaseError {}

/** Says that the database could not do it now: a deadlock, a serialization failure, a lost connection. */
export class OperationalError extends DatabaseError {}

/** Says that a query that must find one row found none. Django: `ObjectDoesNotExist`. */
export class DoesNotExistError extends QuintetError {
  constructor(
    readonly model: string,
    message = `No ${model} matches the query.`,
  ) {
    super(message);
  }
}

/** Says that what a request asks for is not there; answers it with 404. Django: `Http404` of `get_object_or_404`. */
export class Http404Error extends DoesNotExistError {}

/** Says that a query that must find one row found several. Django: `MultipleObjectsReturned`. */
export class MultipleObjectsReturnedError extends QuintetError {
  constructor(readonly model: string) {
    super(`More than one ${model} matches the query; narrow it, or use first().`);
  }
}

/** A class of errors for `instanceof`: those of one model. */
export interface ModelErrorClass<E extends Error> {
  [Symbol.hasInstance](error: unknown): error is E;
}

/** Makes the class of the errors of one model, each of which is one of the general class as well. */
export function errorsOf<E extends Error & { readonly model: string }>(
  general: abstract new (...args: never[]) => E,
  model: string,
): ModelErrorClass<E> {
  // `instanceof` takes functions alone for classes.
  const ofModel = (): void => undefined;
  Object.defineProperty(ofModel, Symbol.hasInstance, {
    value: (error: unknown) => error instanceof general && error.model === model,
  });
  return ofModel as unknown as ModelErrorClass<E>;
}

/** Says that rows cannot be deleted while rows that refer to them with `onDelete: Restrict` exist. Django: `ProtectedError`. */
export class ProtectedError extends QuintetError {}

/** Says that a row that had to be there to be written was not. Django: the `DatabaseError` of a forced update. */
export class NotUpdatedError extends QuintetError {
  constructor(model: string) {
    super(`No ${model} with this key is in the database, so that nothing was updated.`);
  }
}
