import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { BackendCache } from '../backend-cache.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { GuardedBackend, type GuardOptions } from './guarded-backend.js';
import { KeyvBackend } from './keyv-backend.js';

export interface KeyvCacheOptions extends CacheOptions, GuardOptions {}

/**
 * Keeps values in any Keyv store: SQLite, MongoDB, etcd, DynamoDB, or a `Keyv` that is configured already.
 *
 * A `Keyv` of your own should have `throwOnErrors: true`: otherwise it swallows what makes the store be down.
 *
 * Keyv has no atomic operations: `add`, `incr` and `touch` are safe within this process only. Where several
 * processes share the store, prefer `redisCache()`.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: keyvCache(new KeyvSqlite('sqlite://cache.db')) } })
 */
export function keyvCache(
  store: Keyv | KeyvStoreAdapter | Map<string, unknown>,
  options: KeyvCacheOptions = {},
): CacheFactory {
  return (context) => {
    const keyv =
      store instanceof Keyv ? store : new Keyv({ store, useKeyPrefix: false, throwOnErrors: true });
    const backend = new GuardedBackend(
      new KeyvBackend(keyv, options.types),
      'the Keyv store',
      options,
      context,
    );
    return new BackendCache(backend, options, context);
  };
}
