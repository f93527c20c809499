import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import { BackendCache } from '../backend-cache.js';
import type { CacheBackend, CacheLogger } from '../backends/backend.js';
import type { Cache } from '../cache.js';
import type { CacheFactory } from '../create-cache.js';
import { DEFAULT_ALIAS } from './cache-tokens.js';

/** Holds the caches of one application by their aliases. Django: `django.core.cache.caches`. */
export class CacheRegistry {
  readonly #caches: ReadonlyMap<string, Cache>;

  #ownTables: ReadonlySet<string> = new Set();

  constructor(factories: Readonly<Record<string, CacheFactory>>, logger: CacheLogger) {
    this.#caches = new Map(
      Object.entries(factories).map(([alias, factory]) => [alias, factory({ alias, logger })]),
    );
  }

  get aliases(): string[] {
    return [...this.#caches.keys()];
  }

  has(alias: string): boolean {
    return this.#caches.has(alias);
  }

  /**
   * Returns a cache.
   *
   * @param who Begins the message, for example `@CachePage() on BooksController.list`.
   * @throws ImproperlyConfiguredError for an alias that is not configured.
   */
  get(alias = DEFAULT_ALIAS, who = 'CacheRegistry'): Cache {
    const cache = this.#caches.get(alias);
    if (!cache)
      throw new ImproperlyConfiguredError(`${who}: unknown cache "${alias}". ${choices(this.aliases)}`);
    return cache;
  }

  /** The tables that caches themselves live in, as tags: a page that was read from its cache does not depend on them. */
  get ownTables(): ReadonlySet<string> {
    return this.#ownTables;
  }

  /** Gives the stores what they need from the application. @throws ImproperlyConfiguredError when it is not there. */
  attach(resolve: <T>(token: unknown) => T | undefined): void {
    const backends = this.#backends();
    for (const backend of backends) backend.attach(resolve);
    this.#ownTables = new Set(backends.flatMap((backend) => backend.ownTables));
  }

  /** Makes everything with one of the tags stale, in every cache. */
  async invalidateTags(tags: readonly string[]): Promise<void> {
    await Promise.all([...this.#caches.values()].map((cache) => cache.invalidateTags(...tags)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#caches.values()].map((cache) => cache.close()));
  }

  #backends(): CacheBackend[] {
    return [...this.#caches.values()].flatMap((cache) =>
      cache instanceof BackendCache ? [cache.backend] : [],
    );
  }
}
