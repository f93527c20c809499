import { type Cache, getCacheToken } from '@nest-quintet/cache';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SessionEngine, type SessionEngineOptions } from '../engines/session-engine.js';
import type { SessionRecord } from '../engines/session-record.js';
import type { Resolve } from '../session/session-backend.js';
import type { SessionSettings } from '../settings.js';

export interface CacheEngineOptions extends SessionEngineOptions {
  /** The cache, by its alias or itself. Default `'default'`. Django: `SESSION_CACHE_ALIAS`. */
  cache?: string | Cache;
}

interface Entry {
  data: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Equals nothing that is stored. */
const NO_ENTRY = 'no entry';

/**
 * Keeps sessions in a cache of `@nest-quintet/cache`. Use one that every process shares and that does not evict.
 *
 * Caches answer a failure as a miss; an engine must not, or an outage would log everybody out. Where an answer can mean
 * either, the cache is asked in a way that fails. Writing is one round trip: it compares and sets.
 */
export class CacheEngine extends SessionEngine {
  readonly #cache: string | Cache;
  #attached: Cache | undefined;

  constructor({ cache = 'default', ...options }: CacheEngineOptions = {}) {
    super(options);
    this.#cache = cache;
    if (typeof cache !== 'string') this.#attached = cache;
  }

  /** @throws ImproperlyConfiguredError when there is no such cache. */
  override attach(resolve: Resolve, settings: SessionSettings): void {
    void super.attach(resolve, settings);
    if (typeof this.#cache !== 'string') return;
    this.#attached = resolve<Cache>(getCacheToken(this.#cache));
    if (this.#attached) return;
    throw new ImproperlyConfiguredError(
      `cacheEngine(): there is no cache "${this.#cache}". Import CacheModule.forRoot() with a cache of that name.`,
    );
  }

  protected override async read(id: string): Promise<SessionRecord | undefined> {
    const entry = await this.cache.get<Entry>(entryKey(id));
    if (entry) return { data: entry.data, expiresAt: new Date(entry.expiresAt) };
    await this.#prove(id);
    return undefined;
  }

  protected override insert(id: string, record: SessionRecord): Promise<boolean> {
    return this.cache.compareAndSet(entryKey(id), undefined, toEntry(record), secondsLeft(record));
  }

  protected override replace(id: string, expected: SessionRecord, record: SessionRecord): Promise<boolean> {
    return this.cache.compareAndSet(entryKey(id), toEntry(expected), toEntry(record), secondsLeft(record));
  }

  protected override async remove(id: string): Promise<void> {
    const key = entryKey(id);
    if (await this.cache.delete(key)) return;
    // Nothing was there, or nobody answered: only the one or the other is a removal.
    for (;;) {
      const entry = await this.cache.get<Entry>(key);
      if (entry === undefined) return this.#prove(id);
      if (await this.cache.compareAndDelete(key, entry)) return;
    }
  }

  private get cache(): Cache {
    if (this.#attached) return this.#attached;
    throw new ImproperlyConfiguredError(
      'cacheEngine() is not attached. Give it to SessionsModule.forRoot(), or give it the cache itself: cacheEngine({ cache }).',
    );
  }

  /**
   * Asks for the same key in the way that fails when nobody answers.
   *
   * @throws CacheUnavailableError
   */
  async #prove(id: string): Promise<void> {
    await this.cache.compareAndDelete(entryKey(id), NO_ENTRY);
  }
}

function entryKey(id: string): string {
  return `session:${id}`;
}

function toEntry({ data, expiresAt }: SessionRecord): Entry {
  return { data, expiresAt: expiresAt.getTime() };
}

function secondsLeft({ expiresAt }: SessionRecord): number {
  return (expiresAt.getTime() - Date.now()) / 1000;
}

/**
 * Makes an engine that keeps sessions in a cache.
 *
 * @example
 * SessionsModule.forRoot({ engine: cacheEngine({ cache: 'sessions' }) })
 *
 * Django: `django.contrib.sessions.backends.cache`.
 */
export function cacheEngine(options?: CacheEngineOptions): CacheEngine {
  return new CacheEngine(options);
}
