import { type Cache, getCacheToken } from '@nest-quintet/cache';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { SessionRecord } from '../engines/session-record.js';
import { PrismaEngine, type PrismaEngineOptions } from '../prisma/prisma.engine.js';
import type { Resolve } from '../session/session-backend.js';
import type { SessionSettings } from '../settings.js';

export interface CachedDbEngineOptions extends PrismaEngineOptions {
  /** The cache, by its alias or itself. Default `'default'`. Django: `SESSION_CACHE_ALIAS`. */
  cache?: string | Cache;
}

/** What the cache holds of a session: a copy, or the news that the copy is not to be trusted. */
type Copy = { data: string; expiresAt: number } | { changed: true };

/**
 * Seconds for which a session that changed is read from the database.
 *
 * A reader that was under way when the session changed may come late with what it read before; until it has, no copy is
 * taken. Far above what a read takes.
 */
const SETTLING = 10;

/**
 * Keeps sessions in the database and copies of them in a cache, from which they are read.
 *
 * The database decides: what it does not hold is no session, and a cache that is down costs time and nothing else.
 */
export class CachedDbEngine extends PrismaEngine {
  readonly #alias: string | undefined;
  #cache: Cache | undefined;

  constructor({ cache = 'default', ...options }: CachedDbEngineOptions = {}) {
    super(options);
    if (typeof cache === 'string') this.#alias = cache;
    else this.#cache = cache;
  }

  /** @throws ImproperlyConfiguredError when there is no such cache, or no such database. */
  override attach(resolve: Resolve, settings: SessionSettings): void {
    super.attach(resolve, settings);
    if (this.#alias === undefined) return;
    this.#cache = resolve<Cache>(getCacheToken(this.#alias));
    if (this.#cache) return;
    throw new ImproperlyConfiguredError(
      `cachedDbEngine(): there is no cache "${this.#alias}". Import CacheModule.forRoot() with a cache of that name.`,
    );
  }

  protected override async read(id: string): Promise<SessionRecord | undefined> {
    const copy = await this.#try((cache) => cache.get<Copy>(keyOf(id)));
    if (copy && 'data' in copy) return { data: copy.data, expiresAt: new Date(copy.expiresAt) };
    const record = await super.read(id);
    // In a transaction of its own the handler may have read what is never committed.
    if (record && !copy && !this.database.inAtomicBlock()) await this.#copy(id, record);
    return record;
  }

  protected override async replace(
    id: string,
    expected: SessionRecord,
    record: SessionRecord,
  ): Promise<boolean> {
    await this.#distrust(id);
    return super.replace(id, expected, record);
  }

  protected override async remove(id: string): Promise<void> {
    await this.#distrust(id);
    await super.remove(id);
  }

  override async revoke(id: string): Promise<boolean> {
    await this.#distrust(id);
    return super.revoke(id);
  }

  override async revokeAll(userId: string, exceptKey?: string): Promise<number> {
    const except = exceptKey === undefined ? undefined : this.idOf(exceptKey);
    // One by one: there is a copy of each to be distrusted.
    const sessions = (await this.list(userId)).filter(({ id }) => id !== except);
    const revoked = await Promise.all(sessions.map(({ id }) => this.revoke(id)));
    return revoked.filter(Boolean).length;
  }

  /** Has the session read from the database from now on, and from the end of the transaction under way. */
  async #distrust(id: string): Promise<void> {
    const mark = () => this.#try((cache) => cache.set(keyOf(id), { changed: true } satisfies Copy, SETTLING));
    await mark();
    if (this.database.inAtomicBlock()) this.database.onCommit(mark);
  }

  /** Where there is a copy, or news of a change, it stays. */
  async #copy(id: string, { data, expiresAt }: SessionRecord): Promise<void> {
    const copy: Copy = { data, expiresAt: expiresAt.getTime() };
    const seconds = (expiresAt.getTime() - Date.now()) / 1000;
    await this.#try((cache) => cache.add(keyOf(id), copy, seconds));
  }

  async #try<T>(use: (cache: Cache) => Promise<T>): Promise<T | undefined> {
    if (!this.#cache) {
      throw new ImproperlyConfiguredError(
        'cachedDbEngine() is not attached. Give it to SessionsModule.forRoot(), or give it the cache itself: cachedDbEngine({ cache, database }).',
      );
    }
    try {
      return await use(this.#cache);
    } catch {
      // The cache says so itself, once; the database has the session.
      return undefined;
    }
  }
}

function keyOf(id: string): string {
  return `session-copy:${id}`;
}

/**
 * Makes an engine that keeps sessions in the database and reads them from a cache.
 *
 * @example
 * SessionsModule.forRoot({ engine: cachedDbEngine({ cache: 'sessions' }) })
 *
 * Django: `django.contrib.sessions.backends.cached_db`.
 */
export function cachedDbEngine(options?: CachedDbEngineOptions): CachedDbEngine {
  return new CachedDbEngine(options);
}
