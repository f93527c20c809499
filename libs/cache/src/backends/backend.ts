import type { CacheBus } from './cache-bus.js';
import { StoreMeter } from '../statistics/store-meter.js';
import type { TagStore } from '../tags/tag-store.js';

/** Says what a cache has to tell: a store that went down or came back. Nest's `Logger` is one. */
export interface CacheLogger {
  log(message: string): void;
  warn(message: string): void;
}

/** A stored value and when it ends. */
export interface CacheEntry {
  readonly value: unknown;
  /** Milliseconds since 1970, `null` for never, `undefined` where the store does not tell. */
  readonly expires: number | null | undefined;
}

/** What a store in this process does at once. */
export interface LocalStore {
  /** Returns a value that the caller may change. */
  getNow(key: string): unknown;
  /** Tells whether it stored the value. */
  setNow(key: string, value: unknown, timeout: number | null): boolean;
}

/**
 * Stores values under finished keys: the few operations that differ from store to store.
 *
 * Keys arrive made and checked, timeouts as milliseconds above zero, or `null` for never. A backend answers for
 * atomicity and for not handing out what a caller may change; everything else is derived once, in `Cache`.
 */
export abstract class CacheBackend {
  /** Measures what passes to and from a store outside of this process. */
  readonly meter: StoreMeter = new StoreMeter();

  /** When each tag changed last. */
  abstract readonly tags: TagStore;

  /** The store itself where it is in this process, so that nobody waits for it. */
  get local(): LocalStore | undefined {
    return undefined;
  }

  /** Whether processes that share the store compute a missing value once for all of them. */
  get coordinates(): boolean {
    return false;
  }

  /** The tables that the store itself lives in, as tags: `table:default:quintet_cache`. No page depends on them. */
  get ownTables(): readonly string[] {
    return [];
  }

  /** Opens what carries messages between the processes that share the store; `undefined` where there is nothing. */
  openBus(): CacheBus | undefined {
    return undefined;
  }

  /** Takes what the store needs from the application; called once, before the first request. */
  attach(_resolve: <T>(token: unknown) => T | undefined): void {}

  /** Returns a value; `undefined` is a miss. */
  abstract get(key: string): Promise<unknown>;
  abstract set(key: string, value: unknown, timeout: number | null): Promise<void>;
  /** Stores a value where there is none, atomically; tells whether it did. */
  abstract add(key: string, value: unknown, timeout: number | null): Promise<boolean>;
  /**
   * Stores a value where exactly `expected` is stored, in one step; tells whether it did.
   *
   * `undefined` as `expected` means that there is nothing, as `value` that the entry is to be removed. Two values are
   * the same when a store outside of this process would keep them as the same bytes.
   *
   * @throws CacheUnavailableError when the store does not answer, whatever `onError` says: neither answer were true.
   */
  abstract compareAndSet(
    key: string,
    expected: unknown,
    value: unknown,
    timeout: number | null,
  ): Promise<boolean>;
  /** Gives an entry a new timeout; tells whether there was one. */
  abstract touch(key: string, timeout: number | null): Promise<boolean>;
  /** Removes entries; returns how many there were. */
  abstract delete(keys: readonly string[]): Promise<number>;
  /**
   * Adds to a whole number, atomically, and keeps its timeout; returns the sum, `undefined` for a miss.
   *
   * @throws NotAnIntegerError when the value is anything else.
   */
  abstract increment(key: string, delta: number): Promise<number | undefined>;
  /** Removes everything in this store, whatever its prefix and version; tells whether that is done. */
  abstract clear(): Promise<boolean>;

  /** Returns a value with the moment at which it ends. */
  async getEntry(key: string): Promise<CacheEntry | undefined> {
    const value = await this.get(key);
    return value === undefined ? undefined : { value, expires: undefined };
  }

  /**
   * Returns a value at once, where the store is in this process; `undefined` where it has to be asked for.
   *
   * It is the stored value itself: whoever peeks must not change it.
   */
  peek(_key: string): unknown {
    return undefined;
  }

  /** Returns the values of many keys, in their order. */
  getMany(keys: readonly string[]): Promise<unknown[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  /** Stores many values; returns the keys that could not be stored. */
  async setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    await Promise.all([...entries].map(([key, value]) => this.set(key, value, timeout)));
    return [];
  }

  /** Lets go of what hangs after the store has gone down; the next operation begins anew. */
  release(): Promise<void> {
    return this.close();
  }

  /** Lets go of connections and timers; the next operation may open them again. */
  async close(): Promise<void> {}
}
