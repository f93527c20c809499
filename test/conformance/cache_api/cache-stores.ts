import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCache,
  dummyCache,
  fileCache,
  keyvCache,
  memoryCache,
  type Cache,
  type CacheFactory,
  type CacheOptions,
} from '@nest-quintet/cache';
import { memcachedCache } from '@nest-quintet/cache/memcached';
import { prismaCache } from '@nest-quintet/cache/prisma';
import { redisCache } from '@nest-quintet/cache/redis';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { missingServer } from '../../support/servers/keeper-client.js';
import {
  sharedMemcached,
  sharedRedis,
  type MemcachedServer,
  type RedisServer,
} from '../../support/servers.js';
import type { CacheConfig } from './cache-case.js';

/** The caches of one case. */
export interface CasesCaches {
  readonly default: Cache;
  readonly second: Cache;
  close(): Promise<void>;
}

/** Ours that Django has no recorded backend for, beside the one whose cases they run. */
const companions: Readonly<Record<string, readonly string[]>> = { redis: ['memcached', 'keyv'] };

/** Nobody waits here for a store that does not answer. */
const operationTimeout = '10s';

/** Opens caches by the name of the backend of Django's that does the same. */
export class CacheStores {
  readonly #root = mkdtempSync(join(tmpdir(), 'quintet-conformance-'));
  readonly #redis: RedisServer | undefined;
  readonly #memcached: MemcachedServer | undefined;
  readonly #shop: TestDatabase;

  private constructor(
    redis: RedisServer | undefined,
    memcached: MemcachedServer | undefined,
    shop: TestDatabase,
  ) {
    this.#redis = redis;
    this.#memcached = memcached;
    this.#shop = shop;
  }

  static async open(): Promise<CacheStores> {
    return new CacheStores(
      missingServer('redis') ? undefined : await sharedRedis(),
      missingServer('memcached') ? undefined : await sharedMemcached(),
      await createTestDatabase(),
    );
  }

  /** Names the backends to run a case on that was recorded on those of Django's. */
  namesFor(recorded: readonly string[]): readonly string[] {
    return recorded
      .flatMap((name) => [name, ...(companions[name] ?? [])])
      .filter((name) => {
        if (name === 'redis') return this.#redis !== undefined;
        return name !== 'memcached' || this.#memcached !== undefined;
      });
  }

  async start(
    backend: string,
    { _second, ...config }: CacheConfig & { _second?: CacheConfig },
  ): Promise<CasesCaches> {
    await this.#redis?.flush();
    const first = createCache(this.#factoryFor(backend, config));
    const isElsewhere = _second?.LOCATION !== undefined;
    const second = isElsewhere
      ? createCache(this.#factoryFor(backend, _second))
      : first.withPrefix(_second?.KEY_PREFIX ?? '');
    await first.clear();
    return {
      default: first,
      second,
      async close() {
        await Promise.all([first.close(), second.close()]);
      },
    };
  }

  async close(): Promise<void> {
    rmSync(this.#root, { recursive: true });
    await Promise.all([this.#redis?.release(), this.#memcached?.release(), this.#shop.close()]);
  }

  #factoryFor(backend: string, config: CacheConfig): CacheFactory {
    const { MAX_ENTRIES: maxEntries, CULL_FREQUENCY: cullFrequency } = config.OPTIONS ?? {};
    const options = { ...optionsOf(config), maxEntries, cullFrequency };
    switch (backend) {
      case 'locmem':
        return memoryCache(options);
      case 'redis':
        return redisCache({ ...options, url: this.#redis!.url, operationTimeout });
      case 'memcached':
        return memcachedCache({ ...options, url: this.#memcached!.url, operationTimeout });
      case 'file':
        return fileCache({ ...options, folder: mkdtempSync(join(this.#root, 'cache-')) });
      case 'db':
        return prismaCache({ ...options, database: this.#shop.database, operationTimeout });
      case 'keyv':
        return keyvCache(new Map(), options);
      default:
        return dummyCache(options);
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
