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
import { SiteRequest } from '../pages/page-request.js';
import type { PageVisit } from '../pages/page-visit.js';
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

  handle(request: HttpRequest, next: NextResponse): HttpResponse | Promise<HttpResponse> {
    const visit = this.#pages.enter(new SiteRequest(request), request.platform);
    return visit instanceof Promise
      ? visit.then((looked) => this.#settle(looked, next))
      : this.#settle(visit, next);
  }

  #settle(visit: PageVisit, next: NextResponse): HttpResponse | Promise<HttpResponse> {
    const isFound = visit.outcome === 'HIT' || visit.outcome === 'STALE';
    return isFound ? this.#pages.answer(visit) : this.#make(visit, next);
  }

  async #make(visit: PageVisit, next: NextResponse): Promise<HttpResponse> {
    try {
      const response = await next();
      return (await this.#pages.leave(visit, response, { outer: {} })) ?? response;
    } finally {
      this.#pages.abandon(visit);
    }
  }
}
