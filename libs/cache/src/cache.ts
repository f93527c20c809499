import type { Duration } from '@nest-quintet/core';
import type { CacheKey } from './cache-key.js';
import type { CacheLock, LockOptions } from './cache-lock.js';
import type { Timeout } from './cache-options.js';
import { MissingCacheKeyError } from './errors.js';

/** Says which version of a key is meant; the cache's own by default. */
export interface VersionOptions {
  version?: number;
}

export interface SetOptions extends VersionOptions {
  /** Names of what the value was made from; after `invalidateTags()` with one of them it is a miss. */
  tags?: readonly string[];
  /** When the computation of the value began, as `moment()` told; by default now. */
  asOf?: number;
}

export interface GetOrSetOptions<T> extends VersionOptions {
  /** Names of what the value is made from, or a function of the value that tells them. */
  tags?: readonly string[] | ((value: T) => readonly string[]);
  /**
   * For how long after its timeout the value is good enough: it is served while one caller computes another one in the
   * background, and when that fails. A value whose tags have changed never is. `touch()` does not make it fresh.
   */
  grace?: Duration;
  /** The part of the timeout, from 0 to 1, by which to shorten it at random, so that not everything ends at once. */
  jitter?: number;
  /**
   * Computes the value in the background shortly before it ends, by chance: the longer it takes, the earlier. A number
   * above 1 begins earlier still, below 1 later.
   */
  refreshAhead?: boolean | number;
}

/**
 * Keeps values that are dear to compute. As a DI token it is the cache named `default`.
 *
 * Timeouts are seconds or a text such as `'15m'`: `undefined` is the cache's own timeout, `null` is never, zero or
 * less does not store. A stored `null` is a value, `undefined` is a miss. Every operation takes `{ version }`.
 *
 * @example
 * constructor(private readonly cache: Cache) {}
 * …
 * const rating = await this.cache.getOrSet(`rating:${id}`, () => this.computeRating(id), '10m');
 *
 * Django: `django.core.cache.cache`.
 */
export abstract class Cache {
  /** Returns the key under which the store keeps a value: `prefix:version:key` unless configured otherwise. */
  abstract makeKey(key: CacheKey, version?: number): string;

  /** Returns a value, or `fallback` on a miss. */
  abstract get<T = unknown>(key: CacheKey): Promise<T | undefined>;
  abstract get<T = unknown, D = undefined>(
    key: CacheKey,
    fallback: D,
    options?: VersionOptions,
  ): Promise<T | D>;

  /** Stores a value. @throws UncacheableValueError when it cannot be kept outside of its owner's memory. */
  abstract set(key: CacheKey, value: unknown, timeout?: Timeout, options?: SetOptions): Promise<void>;

  /** Stores a value where there is none; tells whether it did. */
  abstract add(key: CacheKey, value: unknown, timeout?: Timeout, options?: VersionOptions): Promise<boolean>;

  /**
   * Stores a value where `expected` is still what is stored, in one step and one round trip; tells whether it did.
   *
   * `undefined` as `expected` means that nothing is stored. Values are compared as they are written, so that the order
   * of properties counts; an entry with tags equals nothing.
   *
   * @example
   * const before = await cache.get<Cart>(key);
   * while (!(await cache.compareAndSet(key, before, withBook(before)))) …
   *
   * @throws CacheUnavailableError when the store does not answer, whatever `onError` says: the value may then be
   *   stored or not.
   */
  abstract compareAndSet(
    key: CacheKey,
    expected: unknown,
    value: unknown,
    timeout?: Timeout,
    options?: VersionOptions,
  ): Promise<boolean>;

  /** Removes an entry where `expected` is still what is stored, in one step. @throws CacheUnavailableError */
  abstract compareAndDelete(key: CacheKey, expected: unknown, options?: VersionOptions): Promise<boolean>;

  /** Tells whether a key has a value. */
  abstract has(key: CacheKey, options?: VersionOptions): Promise<boolean>;

  /** Gives an entry a new timeout from now on; tells whether there was one. */
  abstract touch(key: CacheKey, timeout?: Timeout, options?: VersionOptions): Promise<boolean>;

  /** Returns what is found of many keys, in one round trip. */
  abstract getMany<T = unknown, K extends CacheKey = string>(
    keys: Iterable<K>,
    options?: VersionOptions,
  ): Promise<Map<K, T>>;

  /** Stores many values in one round trip; returns the keys that could not be stored. */
  abstract setMany(
    values: Readonly<Record<string, unknown>> | ReadonlyMap<CacheKey, unknown>,
    timeout?: Timeout,
    options?: VersionOptions,
  ): Promise<CacheKey[]>;

  /** Removes an entry; tells whether there was one. */
  abstract delete(key: CacheKey, options?: VersionOptions): Promise<boolean>;

  /** Removes many entries in one round trip. */
  abstract deleteMany(keys: Iterable<CacheKey>, options?: VersionOptions): Promise<void>;

  /**
   * Adds to a stored whole number, atomically, and returns the sum; its timeout stays.
   *
   * @throws MissingCacheKeyError, NotAnIntegerError
   */
  abstract incr(key: CacheKey, delta?: number, options?: VersionOptions): Promise<number>;

  /**
   * Removes everything from the store, other prefixes and versions included.
   *
   * @returns Whether that is done; `false` when the store is down, and everything in it a miss until it is.
   */
  abstract clear(): Promise<boolean>;

  /**
   * Returns a value, or computes and stores it.
   *
   * Concurrent misses of one key wait for one computation: of this process, or of all that share the store where that
   * is Redis, Memcached or a folder of files.
   *
   * @example
   * await cache.getOrSet(`rating:${id}`, () => compute(id), '10m', { grace: '1h', tags: [`book:${id}`] });
   */
  abstract getOrSet<T>(
    key: CacheKey,
    factory: () => T | Promise<T>,
    timeout?: Timeout,
    options?: GetOrSetOptions<T>,
  ): Promise<T>;

  /**
   * Takes a lock that one caller holds at a time, of all processes that share the cache; waits for it.
   *
   * @example
   * await using lock = await cache.lock(`stock:${isbn}`, { timeout: '10s' });
   *
   * @throws CacheLockedError when somebody else holds it for too long, CacheUnavailableError when the store is down.
   */
  abstract lock(key: CacheKey, options?: LockOptions): Promise<CacheLock>;

  /** Makes everything stale that carries one of the tags, at the same cost however much that is. */
  abstract invalidateTags(...tags: string[]): Promise<void>;

  /**
   * Tells the present moment of the tags' clock.
   *
   * Ask before a computation and give the answer to `set()` as `asOf`: if one of the tags changes meanwhile, the
   * value is never served.
   */
  abstract moment(): Promise<number>;

  /** Returns the same cache with another version by default. */
  abstract withVersion(version: number): Cache;

  /** Returns the same cache with another key prefix. */
  abstract withPrefix(keyPrefix: string): Cache;

  /** Lets go of connections and timers; the module does so at shutdown. */
  abstract close(): Promise<void>;

  /** Subtracts from a stored whole number. @throws MissingCacheKeyError, NotAnIntegerError */
  decr(key: CacheKey, delta = 1, options?: VersionOptions): Promise<number> {
    return this.incr(key, -delta, options);
  }

  /**
   * Moves an entry to a higher version, with the cache's own timeout; returns the new version.
   *
   * @throws MissingCacheKeyError
   */
  async incrVersion(
    key: CacheKey,
    delta = 1,
    { version = this.version }: VersionOptions = {},
  ): Promise<number> {
    const value = await this.get(key, undefined, { version });
    if (value === undefined) throw new MissingCacheKeyError(this.makeKey(key, version));
    await this.set(key, value, undefined, { version: version + delta });
    await this.delete(key, { version });
    return version + delta;
  }

  /** Moves an entry to a lower version. @throws MissingCacheKeyError */
  decrVersion(key: CacheKey, delta = 1, options?: VersionOptions): Promise<number> {
    return this.incrVersion(key, -delta, options);
  }

  /** The version of keys when a call does not say. */
  protected abstract readonly version: number;
}
