import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCache, memoryCache } from '@nest-quintet/cache';
import type { Database } from '@nest-quintet/orm';
import { type Engine, fileEngine, signedCookieEngine } from '@nest-quintet/sessions';
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
  readonly engine: Engine;
  /** Returns the rows, given the digests of every key that was seen; left out where the server keeps nothing. */
  rows?(ids: readonly string[]): Promise<StoredRow[]>;
  close?(): Promise<void>;
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

    file: async () => {
      const path = await mkdtemp(join(tmpdir(), 'quintet-sessions-'));
      return {
        engine: fileEngine({ path }),
        rows: () => rowsIn(path),
        close: () => rm(path, { recursive: true }),
      };
    },

    signed_cookies: async () => ({ engine: signedCookieEngine() }),
  };
}

/** Reads the files of `fileEngine()`: a line with the moment of expiry, then the data. */
async function rowsIn(path: string): Promise<StoredRow[]> {
  const names = (await readdir(path)).filter((name) => name.startsWith('session-'));
  return Promise.all(
    names.map(async (name) => {
      const [expiresAt = '', data = ''] = (await readFile(join(path, name), 'utf8')).split('\n');
      return { id: name.slice('session-'.length), data, expiresAt: new Date(expiresAt) };
    }),
  );
}

async function inDatabase(database: Database, engine: Engine): Promise<SessionStore> {
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
