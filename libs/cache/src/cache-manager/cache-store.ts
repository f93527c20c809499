import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { Cache } from '../cache.js';
import { UncacheableValueError } from '../errors.js';

/** What Keyv hands to a store: the value, wrapped with its own idea of when it ends. */
interface Wrapped {
  readonly value?: unknown;
}

/** Shows a cache to Keyv as a store. */
export class CacheStore extends EventEmitter implements KeyvStoreAdapter {
  readonly opts = {};
  namespace?: string;

  constructor(private readonly cache: Cache) {
    super();
  }

  async get<T>(key: string): Promise<StoredData<T> | undefined> {
    const value = await this.cache.get<T>(key);
    return value === undefined ? undefined : { value };
  }

  async getMany<T>(keys: string[]): Promise<StoredData<T | undefined>[]> {
    const found = await this.cache.getMany<T>(keys);
    return keys.map((key) => (found.has(key) ? { value: found.get(key) } : undefined));
  }

  async set(key: string, wrapped: Wrapped, ttl?: number): Promise<boolean> {
    const timeout = ttl === undefined ? undefined : ttl / 1000;
    if (wrapped.value === undefined) return false;
    try {
      await this.cache.set(key, wrapped.value, timeout);
    } catch (error) {
      if (!(error instanceof UncacheableValueError)) throw error;
      // What cache-manager's users store, they store as JSON wherever it leaves the process.
      await this.cache.set(key, JSON.parse(JSON.stringify(wrapped.value)), timeout);
    }
    return true;
  }

  async setMany(entries: { key: string; value: Wrapped; ttl?: number }[]): Promise<void> {
    await Promise.all(entries.map(({ key, value, ttl }) => this.set(key, value, ttl)));
  }

  delete(key: string): Promise<boolean> {
    return this.cache.delete(key);
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    await this.cache.deleteMany(keys);
    return true;
  }

  has(key: string): Promise<boolean> {
    return this.cache.has(key);
  }

  async clear(): Promise<void> {
    await this.cache.clear();
  }
}
