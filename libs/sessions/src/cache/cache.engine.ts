import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** Seconds after which the lock of a process that died is anyone's; far above what a write takes. */
const LOCK_TIMEOUT = 10;

/** Milliseconds between two attempts to take a lock, at most. */
const LOCK_PAUSE = 20;

/**
 * Keeps sessions in a cache of `@nest-quintet/cache`. Use one that every process shares and that does not evict.
 *
 * Caches answer a failure as a miss; an engine must not, or an outage would log everybody out. Where an answer can mean
 * either, the cache is asked to prove that it works.
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
    await this.#prove();
    return undefined;
  }

  protected override async insert(id: string, record: SessionRecord): Promise<boolean> {
    if (await this.cache.add(entryKey(id), toEntry(record), secondsLeft(record))) return true;
    await this.#prove();
    return false;
  }

  protected override replace(id: string, expected: string, record: SessionRecord): Promise<boolean> {
    return this.#locked(id, async () => {
      if ((await this.read(id))?.data !== expected) return false;
      // The one write of a cache that tells whether it was made.
      const failed = await this.cache.setMany({ [entryKey(id)]: toEntry(record) }, secondsLeft(record));
      if (failed.length > 0) throw unproven();
      return true;
    });
  }

  protected override remove(id: string): Promise<void> {
    return this.#locked(id, async () => {
      if (!(await this.cache.delete(entryKey(id)))) await this.#prove();
    });
  }

  private get cache(): Cache {
    if (this.#attached) return this.#attached;
    throw new ImproperlyConfiguredError(
      'cacheEngine() is not attached. Give it to SessionsModule.forRoot(), or give it the cache itself: cacheEngine({ cache }).',
    );
  }

  /** Lets one process at a time write a session. */
  async #locked<T>(id: string, write: () => Promise<T>): Promise<T> {
    const key = `session-lock:${id}`;
    while (!(await this.cache.add(key, 1, LOCK_TIMEOUT))) {
      await this.#prove();
      await sleep(1 + Math.random() * LOCK_PAUSE);
    }
    try {
      return await write();
    } finally {
      await this.cache.delete(key);
    }
  }

  async #prove(): Promise<void> {
    if (!(await this.cache.add(`session-probe:${randomUUID()}`, 1, 1))) throw unproven();
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

function unproven(): Error {
  return new Error('the cache does not answer, or keeps nothing');
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
