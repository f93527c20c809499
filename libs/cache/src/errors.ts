import { QuintetError } from '@nest-quintet/core';

/** Says that `incr()`, `decr()` or `incrVersion()` met a key that is not stored. Django: `ValueError`. */
export class MissingCacheKeyError extends QuintetError {
  constructor(key: string) {
    super(`Key "${key}" is not in the cache. Store a number first, with set() or add().`);
  }
}

/** Says that `incr()` or `decr()` met a value that is no whole number. Django: `TypeError`. */
export class NotAnIntegerError extends QuintetError {
  constructor(key: string) {
    super(
      `The value of "${key}" is no whole number. incr() and decr() count in whole numbers, on every backend alike.`,
    );
  }
}

/** Says that a value cannot be kept outside of the memory of its owner. Django: `PicklingError`. */
export class UncacheableValueError extends QuintetError {}

/** Says that the store of a cache does not answer; thrown only where `onError: 'throw'` asks for it. */
export class CacheUnavailableError extends QuintetError {}

/** Says that a store answers, but refuses: it is full, read-only, or still starting. A backend throws it. */
export class StoreRefusedError extends QuintetError {
  /** @param kind What kind of refusal it is; each is logged once. */
  constructor(
    readonly kind: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Says that somebody else holds a lock, and held it for as long as one wanted to wait. */
export class CacheLockedError extends QuintetError {
  constructor(key: string) {
    super(
      `The lock "${key}" is held by somebody else. Try again later, or wait longer: lock(key, { wait }).`,
    );
  }
}
