import { ImproperlyConfiguredError, toMilliseconds } from '@nest-quintet/core';
import type { RedisClientOptions } from 'redis';
import { BackendCache } from '../backend-cache.js';
import { GuardedBackend, type GuardOptions } from '../backends/guarded-backend.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { RedisBackend } from './redis-backend.js';
import { RedisConnection } from './redis-connection.js';

export interface RedisCacheOptions extends CacheOptions, GuardOptions {
  /** Where the server is: `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS. */
  url: string;
  /** Stands in front of every key, so that `clear()` removes what is the cache's and nothing else. Default `cache:`. */
  namespace?: string;
  /** More options of the `redis` client: TLS, credentials, keep-alive. */
  client?: Omit<RedisClientOptions, 'url' | 'disableOfflineQueue' | 'RESP'>;
}

/**
 * Keeps values in Redis, for many processes to share.
 *
 * Redis that does not answer is a miss: every operation is limited in time, the first one that fails takes the cache
 * out of service, and it comes back by itself. Both are logged once.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: redisCache({ url: process.env.REDIS_URL, keyPrefix: 'shop' }) } })
 *
 * Django: `RedisCache`.
 *
 * @throws ImproperlyConfiguredError for a malformed URL.
 */
export function redisCache(options: RedisCacheOptions): CacheFactory {
  const { operationTimeout = 0.25, namespace = 'cache:' } = options;
  checkUrl(options.url);
  const limit = toMilliseconds(operationTimeout, 'operationTimeout');
  return (context) => {
    const connection = new RedisConnection({ ...options.client, url: options.url }, limit);
    const store = new RedisBackend(connection, namespace, limit, options.types);
    return new BackendCache(new GuardedBackend(store, 'Redis', options, context), options, context);
  };
}

function checkUrl(url: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new ImproperlyConfiguredError(
      `redisCache: ${maskUrl(url)} is no Redis URL. Give one such as redis://localhost:6379/0.`,
    );
  }
}

/** Shows a URL in a message, without what may be a password. */
function maskUrl(url: unknown): string {
  if (typeof url !== 'string') return String(url);
  const start = url.lastIndexOf('@') + 1;
  return start === 0 ? JSON.stringify(url) : JSON.stringify(`…@${url.slice(start)}`);
}
