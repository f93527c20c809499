import type { CacheKey } from './cache-key.js';
import type { CacheLock, LockOptions } from './cache-lock.js';
import type { Timeout } from './cache-options.js';
import type { Cache, GetOrSetOptions, SetOptions, VersionOptions } from './cache.js';
import { cacheFacts, sizeOf, tellCall, type CacheCall } from './facts/cache-fact.js';
import { KeyedCache } from './keyed-cache.js';

/** Stands for "nothing there", which no caller can ask for. */
const MISSING = Symbol('missing');

/** A cache over a backend, which tells what it is asked to whoever watches the channel `cache`. */
export class BackendCache extends KeyedCache {
  override get<T, D = undefined>(key: CacheKey, fallback?: D, options?: VersionOptions): Promise<T | D> {
    if (!cacheFacts.isWatched) return super.get(key, fallback, options);
    return tellCall(
      this.#call('get', [key], options),
      () => super.get<T, typeof MISSING>(key, MISSING, options),
      (value) => (value === MISSING ? { hits: 0 } : { hits: 1, bytes: sizeOf(value) }),
    ).then((value) => (value === MISSING ? (fallback as D) : value));
  }

  override has(key: CacheKey, options?: VersionOptions): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.has(key, options);
    return tellCall(this.#call('has', [key], options), () => super.has(key, options), countOne);
  }

  override getMany<T, K extends CacheKey>(keys: Iterable<K>, options?: VersionOptions): Promise<Map<K, T>> {
    if (!cacheFacts.isWatched) return super.getMany(keys, options);
    const asked = [...keys];
    return tellCall(
      this.#call('getMany', asked, options),
      () => super.getMany<T, K>(asked, options),
      ({ size }) => ({ hits: size }),
    );
  }

  override getOrSet<T>(
    key: CacheKey,
    factory: () => T | Promise<T>,
    timeout?: Timeout,
    options?: GetOrSetOptions<T>,
  ): Promise<T> {
    if (!cacheFacts.isWatched) return this.compute({ key, factory, timeout, options });
    let hits = 1;
    const onMiss = () => void (hits = 0);
    return tellCall(
      this.#call('getOrSet', [key], options),
      () => this.compute({ key, factory, timeout, options, onMiss }),
      (value) => ({ hits, bytes: sizeOf(value) }),
    );
  }

  override set(key: CacheKey, value: unknown, timeout?: Timeout, options?: SetOptions): Promise<void> {
    if (!cacheFacts.isWatched) return super.set(key, value, timeout, options);
    return tellCall(
      this.#call('set', [key], options),
      () => super.set(key, value, timeout, options),
      () => ({ bytes: sizeOf(value) }),
    );
  }

  override add(key: CacheKey, value: unknown, timeout?: Timeout, options?: VersionOptions): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.add(key, value, timeout, options);
    return tellCall(this.#call('add', [key], options), () => super.add(key, value, timeout, options));
  }

  override setMany(
    values: Readonly<Record<string, unknown>> | ReadonlyMap<CacheKey, unknown>,
    timeout?: Timeout,
    options?: VersionOptions,
  ): Promise<CacheKey[]> {
    if (!cacheFacts.isWatched) return super.setMany(values, timeout, options);
    const keys = values instanceof Map ? [...(values as Map<CacheKey, unknown>).keys()] : Object.keys(values);
    return tellCall(this.#call('setMany', keys, options), () => super.setMany(values, timeout, options));
  }

  override compareAndSet(
    key: CacheKey,
    expected: unknown,
    value: unknown,
    timeout?: Timeout,
    options?: VersionOptions,
  ): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.compareAndSet(key, expected, value, timeout, options);
    return tellCall(this.#call('compareAndSet', [key], options), () =>
      super.compareAndSet(key, expected, value, timeout, options),
    );
  }

  override compareAndDelete(key: CacheKey, expected: unknown, options?: VersionOptions): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.compareAndDelete(key, expected, options);
    return tellCall(this.#call('compareAndDelete', [key], options), () =>
      super.compareAndDelete(key, expected, options),
    );
  }

  override touch(key: CacheKey, timeout?: Timeout, options?: VersionOptions): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.touch(key, timeout, options);
    return tellCall(this.#call('touch', [key], options), () => super.touch(key, timeout, options));
  }

  override delete(key: CacheKey, options?: VersionOptions): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.delete(key, options);
    return tellCall(this.#call('delete', [key], options), () => super.delete(key, options));
  }

  override deleteMany(keys: Iterable<CacheKey>, options?: VersionOptions): Promise<void> {
    if (!cacheFacts.isWatched) return super.deleteMany(keys, options);
    const asked = [...keys];
    return tellCall(this.#call('deleteMany', asked, options), () => super.deleteMany(asked, options));
  }

  override incr(key: CacheKey, delta?: number, options?: VersionOptions): Promise<number> {
    if (!cacheFacts.isWatched) return super.incr(key, delta, options);
    return tellCall(this.#call('incr', [key], options), () => super.incr(key, delta, options));
  }

  override clear(): Promise<boolean> {
    if (!cacheFacts.isWatched) return super.clear();
    return tellCall(this.#call('clear', []), () => super.clear());
  }

  override lock(key: CacheKey, options?: LockOptions): Promise<CacheLock> {
    if (!cacheFacts.isWatched) return super.lock(key, options);
    return tellCall(this.#call('lock', [`lock:${key}`]), () => super.lock(key, options));
  }

  override invalidateTags(...tags: string[]): Promise<void> {
    if (!cacheFacts.isWatched) return super.invalidateTags(...tags);
    return tellCall({ cache: this.alias, operation: 'invalidateTags', keys: tags }, () =>
      super.invalidateTags(...tags),
    );
  }

  withVersion(version: number): Cache {
    return new BackendCache(this.backend, { version }, this);
  }

  withPrefix(keyPrefix: string): Cache {
    return new BackendCache(this.backend, { keyPrefix }, this);
  }

  #call(operation: string, keys: readonly CacheKey[], options?: VersionOptions): CacheCall {
    return {
      cache: this.alias,
      operation,
      keys: keys.map((key) => this.makeKey(key, options?.version)),
    };
  }
}

function countOne(isThere: boolean): { hits: number } {
  return { hits: isThere ? 1 : 0 };
}
