import { createCache, dummyCache, memoryCache, type Cache, type CacheOptions } from '@nest-quintet/cache';
import { redisCache } from '@nest-quintet/cache/redis';
import { missingServer } from '../../support/servers/keeper-client.js';
import { sharedRedis, type RedisServer } from '../../support/servers.js';
import type { CacheConfig } from './cache-case.js';

/** The caches of one case. */
export interface CasesCaches {
  readonly default: Cache;
  readonly second: Cache;
  close(): Promise<void>;
}

/** Opens caches by the name of the backend of Django's that does the same. */
export class CacheStores {
  readonly #redis: RedisServer | undefined;

  private constructor(redis: RedisServer | undefined) {
    this.#redis = redis;
  }

  static async open(): Promise<CacheStores> {
    return new CacheStores(missingServer('redis') ? undefined : await sharedRedis());
  }

  /** The backends that there are here. */
  get names(): readonly string[] {
    return ['locmem', 'dummy', ...(this.#redis ? ['redis'] : [])];
  }

  async start(
    backend: string,
    { _second, ...config }: CacheConfig & { _second?: CacheConfig },
  ): Promise<CasesCaches> {
    await this.#redis?.flush();
    const first = this.#make(backend, config);
    const isElsewhere = _second?.LOCATION !== undefined;
    const second = isElsewhere ? this.#make(backend, _second) : first.withPrefix(_second?.KEY_PREFIX ?? '');
    return {
      default: first,
      second,
      async close() {
        await Promise.all([first.close(), second.close()]);
      },
    };
  }

  async close(): Promise<void> {
    await this.#redis?.release();
  }

  #make(backend: string, config: CacheConfig): Cache {
    const options = optionsOf(config);
    const { MAX_ENTRIES: maxEntries, CULL_FREQUENCY: cullFrequency } = config.OPTIONS ?? {};
    switch (backend) {
      case 'locmem':
        return createCache(memoryCache({ ...options, maxEntries, cullFrequency }));
      case 'redis':
        return createCache(redisCache({ ...options, url: this.#redis!.url, operationTimeout: '10s' }));
      default:
        return createCache(dummyCache(options));
    }
  }
}

function optionsOf({ TIMEOUT, VERSION, KEY_PREFIX, KEY_FUNCTION }: CacheConfig): CacheOptions {
  return {
    timeout: TIMEOUT,
    version: VERSION,
    keyPrefix: KEY_PREFIX,
    keyFunction: KEY_FUNCTION && ((key, keyPrefix, version) => [keyPrefix, version, key].join('-')),
  } as CacheOptions;
}
