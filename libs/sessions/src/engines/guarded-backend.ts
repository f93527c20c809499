import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SessionError, SessionStoreError } from '../errors.js';
import type { SessionBackend } from '../session/session-backend.js';

export interface GuardOptions {
  /** Milliseconds. */
  timeout: number;
  /** Makes what is thrown of an error of this library. */
  translate?: (error: Error) => Error;
  /** Called when the store fails after it had answered, or at first. */
  onDown?: (error: Error) => void;
  /** Called when the store answers after it had failed. */
  onUp?: () => void;
}

/**
 * Bounds every call to a store in time and gives all its failures one name.
 *
 * @throws SessionStoreError from every method, with the store's own error as its cause.
 */
export function guardBackend(
  backend: SessionBackend,
  { timeout, translate = (error) => error, onDown, onUp }: GuardOptions,
): SessionBackend {
  let isDown = false;

  const watch: CallWatch = {
    succeeded() {
      if (isDown) onUp?.();
      isDown = false;
    },
    failed(error) {
      if (error instanceof SessionStoreError) {
        if (!isDown) onDown?.(error);
        isDown = true;
      }
      return error instanceof SessionError ? translate(error) : error;
    },
  };
  const guard = <T>(operation: string, call: () => Promise<T>) => guardCall(operation, call, timeout, watch);

  return {
    serializer: backend.serializer,
    isSealed: backend.isSealed,
    fetch: (key, onExpired) => guard('read a session', () => backend.fetch(key, onExpired)),
    demand: (key) => guard('read a session', () => backend.demand(key)),
    create: (key, values, expiresAt) =>
      guard('create a session', () => backend.create(key, values, expiresAt)),
    commit: (base, changes, expiresAt) =>
      guard('save a session', () => backend.commit(base, changes, expiresAt)),
    drop: (key) => guard('delete a session', () => backend.drop(key)),
  };
}

/** Is told how a call ended, once. */
interface CallWatch {
  succeeded(): void;
  /** Returns the error to be thrown. */
  failed(error: Error): Error;
}

/**
 * Bounds one call to a store in time, in milliseconds.
 *
 * Made by hand of one promise, as every request with a session passes here.
 *
 * @throws SessionStoreError with the store's own error as its cause; an error of this library as it is.
 */
export function guardCall<T>(
  operation: string,
  call: () => Promise<T>,
  timeout: number,
  watch?: CallWatch,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const fail = (cause: unknown) => {
      if (isOver) return;
      end();
      const error = nameFailure(operation, cause);
      reject(watch ? watch.failed(error) : error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeout} ms`)), timeout);
    const end = () => {
      isOver = true;
      clearTimeout(timer);
    };
    begin(call).then((result) => {
      if (isOver) return;
      end();
      watch?.succeeded();
      resolve(result);
    }, fail);
  });
}

function begin<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Our own errors are about the session, not about its store. */
function nameFailure(operation: string, cause: unknown): Error {
  if (cause instanceof SessionError || cause instanceof ImproperlyConfiguredError) return cause;
  return new SessionStoreError(`The session store failed to ${operation}.`, { cause });
}
