import {
  MiddlewareOptions,
  type HttpRequest,
  type HttpResponse,
  type Middleware,
  type NextResponse,
} from '@nest-quintet/middleware';
import { Injectable } from '@nestjs/common';
import type { Timeout } from '../cache-options.js';
import type { PageCache } from '../pages/page-cache.js';
import type { CachePageOptions } from '../pages/page-options.js';
import { readSiteRequest } from '../pages/page-request.js';
import { PageCacheFactory } from './page-cache.factory.js';

export interface CacheSiteOptions extends CachePageOptions {
  /** How long pages are kept. Default: the response's `max-age`, then the module's `pages.timeout`. */
  timeout?: Timeout;
}

/**
 * Keeps the pages of the whole site, in front of routing, guards and everything further in.
 *
 * Put it outside of what a page is made by (compression, sessions), and use it only where what guards decide shows in
 * what responses say: `private`, or `Vary`.
 *
 * @example
 * MiddlewareModule.forRoot({ middleware: [SecurityMiddleware, { use: CacheSiteMiddleware, options: { timeout: '1m' } }] })
 *
 * Django: `UpdateCacheMiddleware` and `FetchFromCacheMiddleware`, which are one here.
 */
@Injectable()
export class CacheSiteMiddleware implements Middleware {
  readonly #pages: PageCache;

  constructor(pages: PageCacheFactory, @MiddlewareOptions() { timeout, ...options }: CacheSiteOptions = {}) {
    this.#pages = pages.make({ timeout, options }, 'CacheSiteMiddleware');
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const visit = await this.#pages.enter(readSiteRequest(request), request.platform);
    if (visit.hit) return visit.hit;
    try {
      const response = await next();
      await this.#pages.leave(visit, response, {});
      return response;
    } finally {
      this.#pages.abandon(visit);
    }
  }
}
