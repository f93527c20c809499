import { isDriverAdapterError, type Error as DriverError } from '@prisma/driver-adapter-utils';

/** Words, in one sentence, why a database cannot be reached and what to look at. */
export function connectionProblem(alias: string, error: unknown): string {
  return `Database "${alias}" cannot be reached: ${reason(error)}; check its address (DATABASE_URL) and that the server runs.`;
}

function reason(error: unknown): string {
  const cause = driverError(error);
  if (!cause) return systemReason(error);
  switch (cause.kind) {
    case 'DatabaseNotReachable':
      return `nothing answers at ${cause.host ?? 'the address'}${cause.port ? `:${cause.port}` : ''}`;
    case 'DatabaseDoesNotExist':
      return `there is no database${cause.db ? ` "${cause.db}"` : ''} on the server`;
    case 'AuthenticationFailed':
      return `the server refuses the password${cause.user ? ` of "${cause.user}"` : ''}`;
    case 'DatabaseAccessDenied':
      return `the user may not use the database${cause.db ? ` "${cause.db}"` : ''}`;
    case 'TlsConnectionError':
      return `the encrypted connection fails (${cause.reason})`;
    default:
      return sentence(cause.originalMessage ?? cause.kind);
  }
}

/** Prisma passes the driver's error on, wrapped or bare. */
function driverError(error: unknown): DriverError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (isDriverAdapterError(current)) return current.cause;
  }
  return undefined;
}

function systemReason(error: unknown): string {
  // Node tries every address of a host and then throws an AggregateError without a message.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return sentence(first instanceof Error ? first.message : String(first));
}

function sentence(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/[.\s]+$/, '');
}
