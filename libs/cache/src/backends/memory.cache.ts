import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { BackendCache } from '../backend-cache.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { checkMaxEntries } from './culling.js';
import { MemoryBackend } from './memory-backend.js';

export interface MemoryCacheOptions extends CacheOptions {
  /** How many entries to keep; beyond it the least recently used go first. Default 10,000. Django: `MAX_ENTRIES`. */
  maxEntries?: number;
  /** About how many bytes to keep; beyond it the least recently used go first. Default: as many as there are. */
  maxBytes?: number;
  /**
   * Which part of a full cache to remove at once: `3` is a third, `0` everything. By default one entry, the least
   * recently used. Django: `CULL_FREQUENCY`.
   */
  cullFrequency?: number;
}

/**
 * Keeps values in the memory of this process, the least recently used going first.
 *
 * Values are copied on the way in and on the way out, so that no caller changes what others will get.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: memoryCache({ maxEntries: 50_000, timeout: '10m' }) } })
 *
 * Django: `LocMemCache`.
 */
export function memoryCache(options: MemoryCacheOptions = {}): CacheFactory {
  const { maxEntries = 10_000, maxBytes, cullFrequency } = options;
  checkMaxEntries(maxEntries, 'memoryCache');
  if (maxBytes !== undefined && !(maxBytes > 0)) {
    throw new ImproperlyConfiguredError(`memoryCache: maxBytes is ${maxBytes}. Give a number above zero.`);
  }
  return (context) =>
    new BackendCache(
      new MemoryBackend({ maxEntries, maxBytes, cullFrequency, types: options.types }),
      options,
      context,
    );
}
