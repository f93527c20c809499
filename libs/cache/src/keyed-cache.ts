import { toMilliseconds } from '@nest-quintet/core';
import type { CacheBackend, LocalStore } from './backends/backend.js';
import { defaultKey, KeyChecker, type CacheKey } from './cache-key.js';
import {
  resolveOptions,
  type CacheOptions,
  type ResolvedCacheOptions,
  type Timeout,
} from './cache-options.js';
import { Cache, type GetOrSetOptions, type SetOptions, type VersionOptions } from './cache.js';
import { MissingCacheKeyError, UncacheableValueError } from './errors.js';
import { CacheLock, type LockOptions } from './cache-lock.js';
import { Claims } from './computing/claims.js';
import { Computations, isOver } from './computing/computations.js';
import { Freshness, isPlain } from './computing/freshness.js';
import type { CacheContext } from './create-cache.js';
import { CacheCounters } from './statistics/cache-counters.js';
import { Tagged } from './tags/tagged.js';

/** A cache that nobody gave a place. */
const nowhere: CacheContext = { alias: 'default', logger: console };

/** Joins a backend and its options into a cache: makes and checks keys, reads timeouts, keeps tags. */
export abstract class KeyedCache extends Cache {
  /** The name under which the cache is configured. */
  readonly alias: string;
  /** The store beneath, for caches that are made out of others. */
  readonly backend: CacheBackend;
  /** What was asked of this cache and its views. */
  readonly counters: CacheCounters;
  readonly #local: LocalStore | undefined;
  readonly #options: ResolvedCacheOptions;
  readonly #keyHead: string | undefined;
  readonly #keys: KeyChecker;
  readonly #computations: Computations;
  readonly #freshness: Freshness;

  /** @param origin Where the cache is made, or the cache that this one is a view of. */
  constructor(backend: CacheBackend, options: CacheOptions, origin: KeyedCache | CacheContext = nowhere) {
    super();
    this.backend = backend;
    this.alias = origin.alias;
    this.#local = backend.local;
    if (origin instanceof KeyedCache) {
      this.#options = { ...origin.#options, ...options, timeout: origin.#options.timeout };
      this.counters = origin.counters;
      this.#keys = origin.#keys;
      // Tags belong to the store, so that a view with another prefix invalidates the same entries.
      this.#freshness = origin.#freshness;
      this.#computations = origin.#computations;
    } else {
      this.#options = resolveOptions(options);
      this.counters = new CacheCounters();
      this.#keys = new KeyChecker();
      this.#freshness = new Freshness(backend, this.#options.keyPrefix);
      this.#computations = new Computations(backend, this.counters, origin);
    }
    this.#keyHead = this.#headOfKeys;
  }

  /** What stands in front of every key of the cache's own version; `undefined` where a function makes the keys. */
  get #headOfKeys(): string | undefined {
    const { keyFunction, keyPrefix, version } = this.#options;
    return keyFunction === defaultKey ? defaultKey('', keyPrefix, version) : undefined;
  }

  /** What the cache was told, for caches that are made out of others. */
  get options(): CacheOptions {
    const { timeout, ...others } = this.#options;
    return { ...others, timeout: timeout === null ? null : timeout / 1000 };
  }

  /** What the cache is made of, for who reads many things in one go. @internal */
  get parts(): CacheParts {
    return {
      backend: this.backend,
      counters: this.counters,
      claims: new Claims(this.backend, this.#freshness),
      tagNames: (tags) => this.#freshness.nameTags(tags),
    };
  }

  protected get version(): number {
    return this.#options.version;
  }

  makeKey(key: CacheKey, version = this.#options.version): string {
    if (version === this.#options.version && this.#keyHead !== undefined) return this.#keyHead + key;
    return this.#options.keyFunction(key, this.#options.keyPrefix, version);
  }

  async get<T, D = undefined>(key: CacheKey, fallback?: D, options?: VersionOptions): Promise<T | D> {
    const made = this.#key(key, options, 'get');
    const stored = this.#local ? this.#local.getNow(made) : await this.backend.get(made);
    const value = this.counters.read(isPlain(stored) ? stored : await this.#freshness.read(stored));
    return (value === undefined ? fallback : value) as T | D;
  }

  async has(key: CacheKey, options?: VersionOptions): Promise<boolean> {
    return (await this.#freshness.read(await this.backend.get(this.#key(key, options, 'has')))) !== undefined;
  }

  async set(key: CacheKey, value: unknown, timeout?: Timeout, options?: SetOptions): Promise<void> {
    const made = this.#key(key, options, 'set');
    checkDefined(made, value);
    this.counters.sets++;
    this.#computations.flights.forget(made);
    const milliseconds = this.#milliseconds(timeout);
    if (this.#local && !options?.tags && !isOver(milliseconds)) this.#local.setNow(made, value, milliseconds);
    else await this.#store(made, value, milliseconds, options);
  }

  async add(key: CacheKey, value: unknown, timeout?: Timeout, options?: VersionOptions): Promise<boolean> {
    const made = this.#key(key, options, 'add');
    const milliseconds = this.#milliseconds(timeout);
    this.counters.sets++;
    if (isOver(milliseconds)) return (await this.#freshness.read(await this.backend.get(made))) === undefined;
    return (await this.backend.add(made, value, milliseconds)) || this.#takeOver(made, value, milliseconds);
  }

  async compareAndSet(
    key: CacheKey,
    expected: unknown,
    value: unknown,
    timeout?: Timeout,
    options?: VersionOptions,
  ): Promise<boolean> {
    const made = this.#key(key, options, 'compareAndSet');
    checkDefined(made, value);
    const milliseconds = this.#milliseconds(timeout);
    return this.#swap(made, expected, isOver(milliseconds) ? undefined : value, milliseconds);
  }

  async compareAndDelete(key: CacheKey, expected: unknown, options?: VersionOptions): Promise<boolean> {
    const made = this.#key(key, options, 'compareAndDelete');
    return expected !== undefined && this.#swap(made, expected, undefined, null);
  }

  async #swap(made: string, expected: unknown, value: unknown, timeout: number | null): Promise<boolean> {
    const isDone =
      (await this.backend.compareAndSet(made, expected, value, timeout)) ||
      (expected === undefined && (await this.#takeOver(made, value, timeout)));
    if (isDone) this.#computations.flights.forget(made);
    return isDone;
  }

  /** Stores a value where what is stored is no longer served, or is only the claim of somebody who computes it. */
  async #takeOver(made: string, value: unknown, timeout: number | null): Promise<boolean> {
    const stored = await this.backend.get(made);
    if (isPlain(stored) || (await this.#freshness.read(stored)) !== undefined) return false;
    return this.backend.compareAndSet(made, stored, value, timeout);
  }

  async touch(key: CacheKey, timeout?: Timeout, options?: VersionOptions): Promise<boolean> {
    const made = this.#key(key, options, 'touch');
    const milliseconds = this.#milliseconds(timeout);
    if (isOver(milliseconds)) return (await this.backend.delete([made])) > 0;
    return this.backend.touch(made, milliseconds);
  }

  async getMany<T, K extends CacheKey>(keys: Iterable<K>, options?: VersionOptions): Promise<Map<K, T>> {
    const asked = [...keys];
    if (asked.length === 0) return new Map();
    const stored = await this.backend.getMany(asked.map((key) => this.#key(key, options, 'getMany')));
    const values = stored.every(isPlain)
      ? stored
      : await Promise.all(stored.map((value) => (isPlain(value) ? value : this.#freshness.read(value))));
    const found = new Map<K, T>();
    for (let index = 0; index < asked.length; index++) {
      const value = this.counters.read(values[index]);
      if (value !== undefined) found.set(asked[index]!, value as T);
    }
    return found;
  }

  async setMany(
    values: Readonly<Record<string, unknown>> | ReadonlyMap<CacheKey, unknown>,
    timeout?: Timeout,
    options?: VersionOptions,
  ): Promise<CacheKey[]> {
    const entries = new Map<string, unknown>();
    const names = new Map<string, CacheKey>();
    for (const [key, value] of values instanceof Map ? values : Object.entries(values)) {
      const made = this.#key(key as CacheKey, options, 'setMany');
      this.#computations.flights.forget(made);
      entries.set(made, value);
      names.set(made, key as CacheKey);
    }
    if (entries.size === 0) return [];
    this.counters.sets += entries.size;
    const milliseconds = this.#milliseconds(timeout);
    if (isOver(milliseconds)) {
      await this.backend.delete([...entries.keys()]);
      return [];
    }
    const failed = await this.backend.setMany(entries, milliseconds);
    return failed.map((made) => names.get(made)!);
  }

  async delete(key: CacheKey, options?: VersionOptions): Promise<boolean> {
    const made = this.#key(key, options, 'delete');
    this.#computations.flights.forget(made);
    this.counters.deletes++;
    return (await this.backend.delete([made])) > 0;
  }

  async deleteMany(keys: Iterable<CacheKey>, options?: VersionOptions): Promise<void> {
    const made = Array.from(keys, (key) => this.#key(key, options, 'deleteMany'));
    for (const key of made) this.#computations.flights.forget(key);
    this.counters.deletes += made.length;
    if (made.length > 0) await this.backend.delete(made);
  }

  async incr(key: CacheKey, delta = 1, options?: VersionOptions): Promise<number> {
    const made = this.#key(key, options, 'incr');
    const sum = await this.backend.increment(made, delta);
    if (sum === undefined) throw new MissingCacheKeyError(made);
    return sum;
  }

  async clear(): Promise<boolean> {
    this.#computations.flights.forgetAll();
    return this.backend.clear();
  }

  getOrSet<T>(
    key: CacheKey,
    factory: () => T | Promise<T>,
    timeout?: Timeout,
    options?: GetOrSetOptions<T>,
  ): Promise<T> {
    return this.compute({ key, factory, timeout, options });
  }

  /** Does what `getOrSet()` does, and tells `onMiss` where there was nothing to serve. */
  protected compute<T>({ key, factory, timeout, options = {}, onMiss }: Wanted<T>): Promise<T> {
    const made = this.#key(key, options, 'getOrSet');
    const computation = { key: made, factory, timeout: this.#milliseconds(timeout), options, onMiss };
    return this.#computations.getOrSet(computation, this.#freshness);
  }

  lock(key: CacheKey, options: LockOptions = {}): Promise<CacheLock> {
    return CacheLock.take(this.backend, this.#key(`lock:${key}`, undefined, 'lock'), options);
  }

  async invalidateTags(...tags: string[]): Promise<void> {
    if (tags.length > 0) await this.backend.tags.invalidate(this.#freshness.nameTags(tags));
  }

  async moment(): Promise<number> {
    return (await this.backend.tags.read([])).now;
  }

  close(): Promise<void> {
    return this.backend.close();
  }

  async #store(
    made: string,
    value: unknown,
    timeout: number | null,
    options: SetOptions = {},
  ): Promise<void> {
    if (isOver(timeout)) {
      await this.backend.delete([made]);
      return;
    }
    if (!options.tags) return this.backend.set(made, value, timeout);
    const asOf = options.asOf ?? (await this.moment());
    await this.#storeTagged(made, new Tagged(value, options.tags, asOf), timeout);
  }

  async #storeTagged(made: string, tagged: Tagged, timeout: number | null): Promise<void> {
    // Reading makes the tags known to the store, so that "unknown" can mean "lost" later on.
    const { changes } = await this.#freshness.readTags(tagged.tags);
    if (tagged.isFresh(changes)) await this.backend.set(made, tagged, timeout);
    else await this.backend.delete([made]);
  }

  #key(key: CacheKey, options: VersionOptions | undefined, operation: string): string {
    const made = this.makeKey(key, options?.version);
    this.#keys.check(made, operation);
    return made;
  }

  #milliseconds(timeout: Timeout | undefined): number | null {
    if (timeout === undefined) return this.#options.timeout;
    return timeout === null ? null : toMilliseconds(timeout);
  }
}

/** What a cache is made of. */
export interface CacheParts {
  readonly backend: CacheBackend;
  readonly counters: CacheCounters;
  readonly claims: Claims;
  /** Returns the names that the store knows tags by. */
  tagNames(tags: readonly string[]): readonly string[];
}

/** A value that a caller wants, computed where it is missing. */
interface Wanted<T> {
  readonly key: CacheKey;
  readonly factory: () => T | Promise<T>;
  readonly timeout: Timeout | undefined;
  readonly options: GetOrSetOptions<T> | undefined;
  readonly onMiss?: () => void;
}

function checkDefined(made: string, value: unknown): void {
  if (value !== undefined) return;
  throw new UncacheableValueError(
    `Cannot cache undefined under "${made}": it is how a miss looks. Store null.`,
  );
}
