import { isDriverAdapterError, type Error as DriverError } from '@prisma/driver-adapter-utils';
import { DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError } from '../errors.js';

/**
 * Finds the database's own code in an error of a QuerySet or of Prisma's client: `23505`, `40P01`.
 *
 * @example
 * if (databaseErrorCode(error) === '23505') throw new ConflictException();
 *
 * @returns `undefined` where it is no error of the database.
 */
export function databaseErrorCode(error: unknown): string | undefined {
  return driverError(error)?.originalCode;
}

/** Finds what the driver has said of an error; what wraps it may be wrapped again. */
export function driverError(error: unknown): DriverError | undefined {
  let current = error;
  for (let depth = 0; depth < 10 && typeof current === 'object' && current !== null; depth++) {
    if (isDriverAdapterError(current)) return current.cause;
    const { cause, meta } = current as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
    current = meta?.driverAdapterError ?? cause;
  }
  return undefined;
}

/** Words what the driver has said, with the database's code; what is no error of a driver is left as it is. */
export function databaseError(error: unknown): unknown {
  if (!isDriverAdapterError(error)) return error;
  const { originalMessage = error.message, originalCode: code } = error.cause;
  return new (errorOf(error.cause))(
    code === undefined ? originalMessage : `${originalMessage} (${code})`,
    code,
    {
      cause: error,
    },
  );
}

/** What PostgreSQL's codes begin with, and Prisma's adapters call what has another code elsewhere. */
const classes = [
  [IntegrityError, /^23/, /ConstraintViolation$/],
  [DataError, /^22/, /^(ValueOutOfRange|LengthMismatch|InvalidInputValue|InconsistentColumnData)$/],
  [ProgrammingError, /^42/, /^(TableDoesNotExist|ColumnNotFound)$/],
  [
    OperationalError,
    /^(08|40|53|55|57)/,
    /^(TransactionWriteConflict|SocketTimeout|TooManyConnections|ConnectionClosed)$/,
  ],
] as const;

function errorOf({ kind, originalCode = '' }: DriverError): typeof DatabaseError {
  const isSqlState = /^[0-9A-Z]{5}$/.test(originalCode);
  const found = classes.find(
    ([, codes, kinds]) => kinds.test(kind) || (isSqlState && codes.test(originalCode)),
  );
  return found?.[0] ?? DatabaseError;
}
