import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { BackendCache } from '../backend-cache.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { FailoverBackend } from './failover-backend.js';

export interface FailoverCacheOptions extends CacheOptions {
  /** The caches in the order in which they are to be used; what is not said here is taken from the first one's options. */
  caches: readonly CacheFactory[];
}

/**
 * Uses the first of several caches that is not down.
 *
 * Writes that the first one misses are made up for before it is used again, and the others are emptied then: nothing
 * outdated is served on either side. Processes that fall back on their own memory see different entries meanwhile.
 *
 * @example
 * failoverCache({ caches: [redisCache({ url }), memoryCache({ maxEntries: 1_000 })] })
 *
 * @throws ImproperlyConfiguredError when there is nothing to fall back on.
 */
export function failoverCache({ caches, ...own }: FailoverCacheOptions): CacheFactory {
  if (caches.length < 2) {
    throw new ImproperlyConfiguredError(
      `failoverCache: caches has ${caches.length} of them. Give at least two, for example [redisCache(…), memoryCache()].`,
    );
  }
  return (context) => {
    const parts = caches.map((factory) => {
      const part = factory({ ...context, onError: 'throw' });
      if (part instanceof BackendCache) return part;
      throw new ImproperlyConfiguredError(
        `failoverCache: one of the caches of "${context.alias}" is no cache of a backend. Give it redisCache(), memoryCache() or their like.`,
      );
    });
    const backend = new FailoverBackend(parts.map((part) => part.backend));
    return new BackendCache(backend, { ...parts[0]!.options, ...own }, context);
  };
}
