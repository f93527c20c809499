import type { Duration } from '@nest-quintet/core';
import type { IncomingHttpHeaders } from 'node:http';
import type { Timeout } from '../cache-options.js';

/** What `tags` gets to see of a request: Express's or Fastify's own. */
export interface TaggedRequest {
  readonly method: string;
  readonly url: string;
  readonly params: Record<string, string>;
  readonly query: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
}

export interface CachePageOptions {
  /** The alias of the cache that keeps the page. Default: the module's `pages.cache`, or `default`. */
  cache?: string;
  /** Keeps generations of pages apart: change it and every page is made anew. */
  keyPrefix?: string;
  /** Headers that the page varies on, added to the response's `Vary`. */
  vary?: readonly string[];
  /** The query parameters that make a difference; others are ignored. Default: the whole query as it arrived. */
  query?: readonly string[];
  /** Tags of the page, for `cache.invalidateTags()`. */
  tags?: readonly string[] | ((request: TaggedRequest) => readonly string[]);
  /**
   * When the page becomes stale before its time: `'auto'` after any change of a table that was read to make it, or
   * the names of the models whose changes count. Needs `CacheInvalidationModule`.
   */
  invalidateOn?: 'auto' | readonly string[];
  /**
   * For how long an expired page is good enough while somebody makes another one, and when making it fails (5xx).
   * Default: the response's own `stale-while-revalidate`, else not at all. What was invalidated is never served.
   */
  grace?: Duration;
  /** The largest file (`StreamableFile`) that is kept, in bytes. Default: the module's `pages.maxFileBytes`. */
  maxFileBytes?: number;
  /** Whether requests with an `Authorization` header get the same page as others. Default `false`: theirs is private. */
  shareAuthorized?: boolean;
}

/** What holds for every page unless its decorator says otherwise. */
export interface PageDefaults {
  /** How long a page is kept when neither decorator nor `max-age` says. Default 600 seconds. Django: `CACHE_MIDDLEWARE_SECONDS`. */
  timeout?: Duration;
  /** The alias of the cache for pages. Default `default`. Django: `CACHE_MIDDLEWARE_ALIAS`. */
  cache?: string;
  /**
   * The one language of the site, where no `LocaleMiddleware` chooses among several: a page whose `Vary` names
   * `Accept-Language` is then one page for everybody. Left out, it is one for each value of the header. Django:
   * `LANGUAGE_CODE` with `USE_I18N`.
   */
  language?: string;
  /** Django: `CACHE_MIDDLEWARE_KEY_PREFIX`. */
  keyPrefix?: string;
  /** The largest file (`StreamableFile`) that is kept, in bytes; 0 keeps none. Default 1 MiB. */
  maxFileBytes?: number;
  /**
   * Whether pages get an `ETag` where the platform made none, so that whoever has one already is answered 304.
   * Express makes one, Fastify does not. Default `false`.
   */
  etag?: boolean;
  /** The header that tells `HIT`, `STALE`, `MISS` or `BYPASS`; `false` for none. Default `X-Cache`. */
  header?: string | false;
}

/** What a decorator or a middleware was given; it becomes a page cache at start-up. */
export interface PageDeclaration {
  readonly timeout: Timeout | undefined;
  readonly options: CachePageOptions;
}
