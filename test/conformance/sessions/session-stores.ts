import { createHash } from 'node:crypto';
import { createCache, memoryCache } from '@nest-quintet/cache';
import type { Database } from '@nest-quintet/orm';
import type { SessionEngine } from '@nest-quintet/sessions';
import { cacheEngine } from '@nest-quintet/sessions/cache';
import { cachedDbEngine } from '@nest-quintet/sessions/cached-db';
import { prismaEngine } from '@nest-quintet/sessions/prisma';

/** What lies in a store, expired or not. */
export interface StoredRow {
  /** Digest of the session's key. */
  readonly id: string;
  readonly data: string;
  readonly expiresAt: Date;
}

/** An empty store: the engine, and a look at what it keeps behind the library's back. */
export interface SessionStore {
  readonly engine: SessionEngine;
  /** Returns the rows, given the digests of every key that was seen. */
  rows(ids: readonly string[]): Promise<StoredRow[]>;
}

/** Makes stores by Django's name of the engine. */
export function sessionStores(database: Database): Record<string, () => Promise<SessionStore>> {
  return {
    db: () => inDatabase(database, prismaEngine({ database })),

    cached_db: () => inDatabase(database, cachedDbEngine({ database, cache: createCache(memoryCache()) })),

    cache: async () => {
      const cache = createCache(memoryCache());
      return {
        engine: cacheEngine({ cache }),
        async rows(ids) {
          const entries = await cache.getMany<{ data: string; expiresAt: number }>(
            ids.map((id) => `session:${id}`),
          );
          return ids.flatMap((id) => {
            const entry = entries.get(`session:${id}`);
            return entry ? [{ id, data: entry.data, expiresAt: new Date(entry.expiresAt) }] : [];
          });
        },
      };
    },
  };
}

async function inDatabase(database: Database, engine: SessionEngine): Promise<SessionStore> {
  await database.execute('DELETE FROM quintet_session', []);
  return {
    engine,
    async rows() {
      const { rows } = await database.query('SELECT key, data, expires_at FROM quintet_session', []);
      return rows.map(([id, data, expiresAt]) => ({
        id: id as string,
        data: data as string,
        expiresAt: new Date(expiresAt as string),
      }));
    },
  };
}

/** The digest under which engines keep the session of a key. */
export function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
