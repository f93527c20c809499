import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { PrismaTransaction } from './block.js';

/** The part of a Prisma client that this library calls; every generated client has it. */
export interface PrismaClientLike {
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
  $transaction(...args: never[]): Promise<unknown>;
}

export interface PrismaTransactionOptions {
  /** Milliseconds until Prisma gives up on a connection. */
  maxWait?: number;
  /** Milliseconds until Prisma rolls an open transaction back. */
  timeout?: number;
  isolationLevel?: 'ReadUncommitted' | 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
}

/** What a Prisma client asks the library about, for every call that is made through it. */
export interface ClientRouting {
  /** Sends one call; `execute` takes the transaction to run it in. */
  request(
    action: string,
    transaction: { kind: string } | undefined,
    execute: (transaction?: PrismaTransaction) => Promise<unknown>,
  ): Promise<unknown>;
  /** Runs the callback or the list that was given to `$transaction`. */
  transaction(client: PrismaClientLike, work: unknown, options?: PrismaTransactionOptions): Promise<unknown>;
}

/** Opens interactive transactions of an adopted client. */
export type BeginTransaction = <T>(
  client: PrismaClientLike,
  run: (client: PrismaClientLike, transaction: PrismaTransaction) => Promise<T>,
  options: PrismaTransactionOptions,
) => Promise<T>;

interface ClientInternals extends PrismaClientLike {
  _executeRequest(parameters: RequestParameters): Promise<unknown>;
  _createPrismaPromise(
    run: (transaction: PrismaTransaction | undefined) => Promise<unknown>,
  ): PromiseLike<unknown>;
}

interface RequestParameters {
  readonly action: string;
  readonly transaction?: { kind: string };
}

/**
 * Makes a Prisma client, and every client extended from it, ask `routing` about each call.
 *
 * The one place that knows the inside of Prisma's client. `$extends({ query })` would do for the calls, but costs every
 * call a copy of its arguments, and runs before extensions that were added later.
 *
 * @throws ImproperlyConfiguredError when the client is none of a version that is known.
 */
export function adoptClient(client: PrismaClientLike, routing: ClientRouting): BeginTransaction {
  const original = (client as { _originalClient?: ClientInternals })._originalClient;
  if (
    typeof original?._executeRequest !== 'function' ||
    typeof original._createPrismaPromise !== 'function' ||
    typeof original.$transaction !== 'function'
  ) {
    throw new ImproperlyConfiguredError(
      'OrmModule: `client` must return a PrismaClient of Prisma 7; check that it does, and the version of @prisma/client.',
    );
  }
  const execute = original._executeRequest;
  const begin = original.$transaction as (...args: unknown[]) => Promise<unknown>;
  define(original, '_executeRequest', function (this: ClientInternals, parameters: RequestParameters) {
    return routing.request(parameters.action, parameters.transaction, (transaction) =>
      execute.call(this, transaction ? { ...parameters, transaction } : parameters),
    );
  });
  define(
    original,
    '$transaction',
    function (this: PrismaClientLike, work: unknown, options?: PrismaTransactionOptions) {
      return routing.transaction(this, work, options);
    },
  );
  return <T>(
    self: PrismaClientLike,
    run: (client: PrismaClientLike, transaction: PrismaTransaction) => Promise<T>,
    options: PrismaTransactionOptions,
  ) =>
    begin.call(
      self,
      async (client: ClientInternals) => run(client, await transactionOf(client)),
      options,
    ) as Promise<T>;
}

/** A client of an interactive transaction hands its transaction to every promise that it makes. */
async function transactionOf(client: ClientInternals): Promise<PrismaTransaction> {
  return (await client._createPrismaPromise((transaction) =>
    Promise.resolve(transaction),
  )) as PrismaTransaction;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
