import { ImproperlyConfiguredError, toMilliseconds } from '@nest-quintet/core';
import type { RedisClientOptions } from 'redis';
import { BackendCache } from '../backend-cache.js';
import { GuardedBackend, type GuardOptions } from '../backends/guarded-backend.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { RedisBackend } from './redis-backend.js';
import type { RedisPlace } from './redis-place.js';
import { RedisConnection } from './redis-connection.js';

export interface RedisCacheOptions extends CacheOptions, GuardOptions {
  /** Where the server is: `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS. */
  url?: string;
  /** The master that these sentinels name, in place of `url`. Credentials and database are told by `client`. */
  sentinel?: { name: string; urls: readonly string[] };
  /** Some servers of a cluster, which tell of the others, in place of `url`. */
  cluster?: { urls: readonly string[] };
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
  const place = placeOf(options);
  const limit = toMilliseconds(operationTimeout, 'operationTimeout');
  return (context) => {
    const connection = new RedisConnection(place, options.client ?? {}, limit);
    const store = new RedisBackend(connection, namespace, limit, options.types);
    return new BackendCache(new GuardedBackend(store, 'Redis', options, context), options, context);
  };
}

/** @throws ImproperlyConfiguredError unless exactly one place is told, by well-formed URLs. */
function placeOf({ url, sentinel, cluster }: RedisCacheOptions): RedisPlace {
  const places: RedisPlace[] = [];
  if (url !== undefined) places.push({ kind: 'server', url });
  if (sentinel) places.push({ kind: 'sentinel', ...sentinel });
  if (cluster) places.push({ kind: 'cluster', ...cluster });
  const [place] = places;
  if (!place || places.length > 1) {
    throw new ImproperlyConfiguredError(
      `redisCache: ${places.length} of url, sentinel and cluster are given. Give one of them.`,
    );
  }
  const urls = place.kind === 'server' ? [place.url] : place.urls;
  if (urls.length === 0) {
    throw new ImproperlyConfiguredError(`redisCache: ${place.kind}.urls is empty. Give at least one URL.`);
  }
  for (const each of urls) checkUrl(each);
  return place;
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
