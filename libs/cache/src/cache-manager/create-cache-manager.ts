import { createCache, type Cache as CacheManager } from 'cache-manager';
import { Keyv } from 'keyv';
import type { Cache } from '../cache.js';
import { CacheStore } from './cache-store.js';

/**
 * Makes a cache-manager over one of our caches, showing the same entries under the same keys.
 *
 * Its times are milliseconds and its default timeout is our cache's; what it stores, `Cache` reads, and the other way
 * round.
 */
export function createCacheManager(cache: Cache): CacheManager {
  const store = new Keyv({ store: new CacheStore(cache), useKeyPrefix: false, throwOnErrors: true });
  // The backend writes values its own way; Keyv would wrap them in a text of its own first.
  store.serialize = undefined;
  store.deserialize = undefined;
  return createCache({ stores: [store] });
}
