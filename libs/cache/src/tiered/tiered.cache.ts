import { ImproperlyConfiguredError, toMilliseconds, type Duration } from '@nest-quintet/core';
import { BackendCache } from '../backend-cache.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheContext, CacheFactory } from '../create-cache.js';
import { TieredBackend } from './tiered-backend.js';

export interface TieredCacheOptions extends CacheOptions {
  /** The cache in this process: `memoryCache()`. Its `maxEntries` and `maxBytes` count, its other options do not. */
  l1: CacheFactory;
  /** The cache that all processes share: `redisCache()`. What is not said here is taken from its options. */
  l2: CacheFactory;
  /** How long a copy is kept in this process at most. Default 60 seconds. */
  l1Timeout?: Duration;
  /** What an operation does that needs the shared cache while it is down. Default `'miss'`. */
  onError?: 'miss' | 'throw';
}

/**
 * Keeps copies of what is in a shared cache in the memory of each process.
 *
 * A write is told to all processes over Redis, and they drop their copies: a copy is outdated for as long as a message
 * takes. A process that does not hear the others serves nothing from memory; that it does not is noticed at once when
 * its connection breaks, and within 1.5 seconds when it hangs. Over a shared cache without a bus (Memcached) a copy may
 * be as old as `l1Timeout`.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: tieredCache({ l1: memoryCache(), l2: redisCache({ url }) }) } })
 */
export function tieredCache(options: TieredCacheOptions): CacheFactory {
  const { l1, l2, l1Timeout = 60, onError = 'miss', ...own } = options;
  const nearTimeout = toMilliseconds(l1Timeout, 'l1Timeout');
  return (context) => {
    const near = partOf(l1, 'l1', context);
    const shared = partOf(l2, 'l2', { ...context, onError: 'throw' });
    const backend = new TieredBackend({
      near: near.backend,
      shared: shared.backend,
      bus: shared.backend.openBus(),
      nearTimeout,
      onError: context.onError ?? onError,
    });
    return new BackendCache(backend, { ...shared.options, ...own }, context);
  };
}

function partOf(factory: CacheFactory, name: string, context: CacheContext): BackendCache {
  const cache = factory(context);
  if (cache instanceof BackendCache) return cache;
  throw new ImproperlyConfiguredError(
    `tieredCache: ${name} of the cache "${context.alias}" is no cache of a backend. Give it memoryCache(), redisCache() or their like.`,
  );
}
