import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { toMilliseconds, type Duration } from '@nest-quintet/core';
import type { CacheBackend } from './backends/backend.js';
import { CacheLockedError } from './errors.js';

export interface LockOptions {
  /** How long the lock is held at most, so that a process that dies does not hold it for ever. Default 30 seconds. */
  timeout?: Duration;
  /** How long to wait for whoever holds it; zero tries once. Default: as long as `timeout`. */
  wait?: Duration;
}

const SHORTEST_PAUSE = 2;
const LONGEST_PAUSE = 50;

/**
 * A lock that one caller holds at a time, of all processes that share the cache.
 *
 * It ends by itself after its timeout: whoever works longer has to `extend()` it.
 */
export class CacheLock implements AsyncDisposable {
  readonly #token = randomUUID();
  readonly #backend: CacheBackend;
  readonly #key: string;
  readonly #timeout: number;

  private constructor(backend: CacheBackend, key: string, timeout: number) {
    this.#backend = backend;
    this.#key = key;
    this.#timeout = timeout;
  }

  /** @throws CacheLockedError, CacheUnavailableError */
  static async take(backend: CacheBackend, key: string, options: LockOptions): Promise<CacheLock> {
    const timeout = toMilliseconds(options.timeout ?? 30, 'timeout');
    const deadline =
      performance.now() + (options.wait === undefined ? timeout : toMilliseconds(options.wait, 'wait'));
    const lock = new CacheLock(backend, key, timeout);
    for (let pause = SHORTEST_PAUSE; !(await lock.#swap(undefined, lock.#token));) {
      const left = deadline - performance.now();
      if (left <= 0) throw new CacheLockedError(key);
      await wait(Math.min(left, pause + Math.random() * pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    return lock;
  }

  /** Lets go of the lock; tells whether it was still held. @throws CacheUnavailableError */
  release(): Promise<boolean> {
    return this.#swap(this.#token, undefined);
  }

  /** Holds the lock for another timeout from now on; tells whether it was still held. @throws CacheUnavailableError */
  extend(timeout?: Duration): Promise<boolean> {
    const milliseconds = timeout === undefined ? this.#timeout : toMilliseconds(timeout, 'timeout');
    return this.#swap(this.#token, this.#token, milliseconds);
  }

  /** Lets go at the end of the block: `await using lock = await cache.lock('stock')`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  #swap(expected: unknown, value: unknown, timeout = this.#timeout): Promise<boolean> {
    return this.#backend.compareAndSet(this.#key, expected, value, timeout);
  }
}
