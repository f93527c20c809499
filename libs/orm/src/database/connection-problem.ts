import { driverError } from './database-error-code.js';

/**
 * Words why a database cannot be reached, as a part of a sentence: `nothing answers at localhost:5432`.
 *
 * @param error What connecting, or the first statement, was rejected with.
 */
export function connectionProblem(error: unknown): string {
  const cause = driverError(error);
  switch (cause?.kind) {
    case 'DatabaseNotReachable':
      return `nothing answers at ${cause.host ?? 'the address'}${cause.port ? `:${cause.port}` : ''}`;
    case 'DatabaseDoesNotExist':
      return `there is no database${cause.db ? ` "${cause.db}"` : ''} on the server`;
    case 'AuthenticationFailed':
      return `the server refuses the password${cause.user ? ` of "${cause.user}"` : ''}`;
    case 'DatabaseAccessDenied':
      return `the user may not use the database${cause.db ? ` "${cause.db}"` : ''}`;
    case 'TlsConnectionError':
      return `the encrypted connection fails (${asClause(cause.reason)})`;
    default:
      return asClause(cause?.originalMessage ?? messageOf(error));
  }
}

function messageOf(error: unknown): string {
  // Node tries every address of a host, and then throws an error of errors without a message.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return isErrorLike(first) ? first.message : String(first);
}

/** Errors of Node's own come from another realm where code runs in one, as in tests. */
function isErrorLike(error: unknown): error is { message: string; cause?: unknown } {
  return typeof (error as Error | undefined)?.message === 'string';
}

function asClause(message: string): string {
  return message.replace(/\s+/g, ' ').replace(/[.\s]+$/, '');
}
