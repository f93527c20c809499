import { BackendCache } from '../backend-cache.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { MemoryTags } from '../tags/memory-tags.js';
import { CacheBackend } from './backend.js';

/**
 * Stores nothing, and otherwise behaves as a cache: for development, and to rule the cache out.
 *
 * Django: `DummyCache`.
 */
export function dummyCache(options: CacheOptions = {}): CacheFactory {
  return (context) => new BackendCache(new DummyBackend(), options, context);
}

class DummyBackend extends CacheBackend {
  readonly tags = new MemoryTags();

  async get(): Promise<undefined> {}

  async set(): Promise<void> {}

  async add(): Promise<boolean> {
    return true;
  }

  async compareAndSet(_key: string, expected: unknown): Promise<boolean> {
    return expected === undefined;
  }

  async touch(): Promise<boolean> {
    return false;
  }

  async delete(): Promise<number> {
    return 0;
  }

  async increment(): Promise<undefined> {}

  async clear(): Promise<boolean> {
    return true;
  }
}
