import type { Database } from '@nest-quintet/orm';
import { BackendCache } from '../backend-cache.js';
import { Culling, type CullingOptions } from '../backends/culling.js';
import { GuardedBackend, type GuardOptions } from '../backends/guarded-backend.js';
import type { CacheOptions } from '../cache-options.js';
import type { CacheFactory } from '../create-cache.js';
import { PrismaBackend } from './prisma-backend.js';

export interface PrismaCacheOptions extends CacheOptions, CullingOptions, GuardOptions {
  /** The database, by its alias or itself. Default `'default'`. */
  database?: string | Database;
  /** The model of `schema.prisma` with `key`, `value` and `expiresAt`. Default `'CacheEntry'`. */
  model?: string;
}

/**
 * Keeps values in a table of the database, for those who have no other server.
 *
 * It writes in the ambient transaction: what that takes back was never cached.
 *
 * @example
 * CacheModule.forRoot({ caches: { default: prismaCache() } })
 *
 * Django: `DatabaseCache`.
 */
export function prismaCache(options: PrismaCacheOptions = {}): CacheFactory {
  const { database = 'default', model = 'CacheEntry' } = options;
  const culling = () => new Culling(options, 'prismaCache');
  culling();
  return (context) => {
    const store = new PrismaBackend(database, model, culling(), options.types);
    return new BackendCache(new GuardedBackend(store, 'the database', options, context), options, context);
  };
}
