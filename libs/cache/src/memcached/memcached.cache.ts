import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { BackendCache } from '../backend-cache.js';
import { GuardedBackend, type GuardOptions } from '../backends/guarded-backend.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { MemcachedBackend } from './memcached-backend.js';
import { MemcachedClient } from './memcached-client.js';

export interface MemcachedCacheOptions extends CacheOptions, GuardOptions {
  /** Where the server is: `memcached://host[:port]`. It must know the meta commands: Memcached 1.6 or newer. */
  url: string;
  /** Stands in front of every key, to keep apart what several applications store in one server. Default `cache:`. */
  namespace?: string;
}

const DEFAULT_PORT = 11_211;

/**
 * Keeps values in Memcached, for many processes to share; Memcached that does not answer is a miss.
 *
 * `clear()` empties the whole server: Memcached cannot tell whose entries are whose.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: memcachedCache({ url: 'memcached://localhost:11211' }) } })
 *
 * Django: `PyMemcacheCache`.
 *
 * @throws ImproperlyConfiguredError for a malformed URL.
 */
export function memcachedCache(options: MemcachedCacheOptions): CacheFactory {
  const { host, port } = parse(options.url);
  const namespace = options.namespace ?? 'cache:';
  return (context) => {
    const store = new MemcachedBackend(new MemcachedClient(host, port), namespace, options.types);
    return new BackendCache(new GuardedBackend(store, 'Memcached', options, context), options, context);
  };
}

function parse(url: string): { host: string; port: number } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'memcached:' || !parsed.hostname) {
    throw new ImproperlyConfiguredError(
      `memcachedCache: ${JSON.stringify(url)} is no Memcached URL. Give one such as memcached://localhost:11211.`,
    );
  }
  return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: Number(parsed.port || DEFAULT_PORT) };
}
