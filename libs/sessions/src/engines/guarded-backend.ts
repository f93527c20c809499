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

  async function guard<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const result = await guardCall(operation, call, timeout);
      if (isDown) onUp?.();
      isDown = false;
      return result;
    } catch (error) {
      if (error instanceof SessionStoreError) {
        if (!isDown) onDown?.(error);
        isDown = true;
      }
      throw error instanceof SessionError ? translate(error) : error;
    }
  }

  return {
    serializer: backend.serializer,
    fetch: (key, onExpired) => guard('read a session', () => backend.fetch(key, onExpired)),
    demand: (key) => guard('read a session', () => backend.demand(key)),
    create: (key, values, expiresAt) =>
      guard('create a session', () => backend.create(key, values, expiresAt)),
    commit: (base, changes, expiresAt) =>
      guard('save a session', () => backend.commit(base, changes, expiresAt)),
    drop: (key) => guard('delete a session', () => backend.drop(key)),
  };
}

/**
 * Bounds one call to a store in time, in milliseconds.
 *
 * @throws SessionStoreError with the store's own error as its cause; an error of this library as it is.
 */
export async function guardCall<T>(operation: string, call: () => Promise<T>, timeout: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeout} ms`)), timeout);
  });
  try {
    return await Promise.race([call(), late]);
  } catch (error) {
    // Our own errors are about the session, not about its store.
    if (error instanceof SessionError || error instanceof ImproperlyConfiguredError) throw error;
    throw new SessionStoreError(`The session store failed to ${operation}.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
