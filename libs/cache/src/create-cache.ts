import type { CacheLogger } from './backends/backend.js';
import type { Cache } from './cache.js';

/** What a cache learns of the place where it is made. */
export interface CacheContext {
  readonly alias: string;
  readonly logger: CacheLogger;
  /** What a store that is down does, whatever the cache's own options say; for caches made out of others. */
  readonly onError?: 'miss' | 'throw';
}

/** Makes a cache: what `memoryCache()`, `redisCache()` and their like return. Each application gets its own. */
export type CacheFactory = (context: CacheContext) => Cache;

/**
 * Makes a cache outside of Nest.
 *
 * @example
 * const cache = createCache(memoryCache({ timeout: '1h' }));
 * await cache.set('greeting', 'hello');
 */
export function createCache(
  factory: CacheFactory,
  { alias = 'default', logger = console }: Partial<CacheContext> = {},
): Cache {
  return factory({ alias, logger });
}
