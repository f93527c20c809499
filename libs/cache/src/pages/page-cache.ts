import { requestContext } from '@nest-quintet/core';
import { patchVary, type HttpResponse } from '@nest-quintet/middleware';
import type { Cache } from '../cache.js';
import { collectForRequest, type Dependencies } from '../tags/dependencies.js';
import { maxAgeOf, parseCacheControl, patchCacheControl } from './cache-control.js';
import { CachedPage, varyOf } from './cached-page.js';
import { PageFlights, type PageFlight } from './page-flights.js';
import { addressKey, variantKey } from './page-key.js';
import type { PageRequest } from './page-request.js';
import { ageOf, patchFreshness } from './response-headers.js';

export interface PageCacheOptions {
  readonly cache: Cache;
  /** Seconds; `undefined` leaves it to the response's `max-age`, then to `defaultTimeout`. */
  readonly timeout: number | undefined;
  readonly defaultTimeout: number;
  readonly keyPrefix: string;
  readonly vary: readonly string[];
  readonly query?: readonly string[];
  readonly shareAuthorized: boolean;
  /** The name of the header that tells what became of the page. */
  readonly header: string | undefined;
  /** The tags that are known before the page is made; `undefined` where none can ever be. */
  readonly tags: ((request: object) => readonly string[]) | undefined;
  /** Whether the tags of what is read while the page is made count as well. */
  readonly isTracked: boolean;
}

/** One request's way through the page cache. */
export interface PageVisit {
  readonly request: PageRequest;
  /** The stored page, if there is one. */
  readonly hit?: HttpResponse;
  readonly outcome: 'HIT' | 'MISS' | 'BYPASS';
  readonly flight?: PageFlight;
  readonly asOf?: number;
  readonly tags?: readonly string[];
  readonly dependencies?: Dependencies;
}

const NOT_TO_KEEP = ['private', 'no-store', 'no-cache'];

/** Keeps finished responses by address and by the headers they vary on. Django: `CacheMiddleware`. */
export class PageCache {
  readonly #flights = new PageFlights();

  constructor(readonly options: PageCacheOptions) {}

  /** Looks for a page; where there is none, says what must be known when it is made. */
  async enter(request: PageRequest, platform: object): Promise<PageVisit> {
    const { shareAuthorized } = this.options;
    if (!isReading(request) || (request.headers.authorization !== undefined && !shareAuthorized)) {
      return { request, outcome: 'BYPASS' };
    }
    // Others may vary on what this visitor does not: the second look knows what the page varies on.
    for (let attempt = 0; ; attempt++) {
      const { page, key } = await this.#find(request);
      if (page) return { request, outcome: 'HIT', hit: this.#answer(page) };
      const flight = attempt < 2 ? this.#flights.board(key) : undefined;
      if (!(flight instanceof Promise)) return this.#begin(request, platform, flight);
      await flight;
    }
  }

  /** Completes the headers of a page that was made, and keeps it if it may be kept. */
  async leave(
    visit: PageVisit,
    response: HttpResponse,
    outer: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    let isStored = false;
    try {
      patchVary(response, this.options.vary);
      isStored = visit.outcome === 'MISS' && (await this.#keep(visit, response, outer));
      if (
        visit.outcome === 'BYPASS' &&
        visit.request.headers.authorization !== undefined &&
        isReading(visit.request)
      ) {
        patchCacheControl(response.headers, { private: true });
      }
      if (this.options.header) response.headers.set(this.options.header, visit.outcome);
    } finally {
      visit.flight?.land(isStored);
    }
  }

  /** Says that no page came of a visit, so that nobody waits for it any longer. */
  abandon(visit: PageVisit): void {
    visit.flight?.land(false);
  }

  async #find(request: PageRequest): Promise<{ page?: CachedPage; key: string }> {
    const { cache } = this.options;
    let key = addressKey(request, request.method, this.options);
    for (const method of request.method === 'HEAD' ? ['GET', 'HEAD'] : ['GET']) {
      const address = addressKey(request, method, this.options);
      const vary = await cache.get<string[]>(address);
      if (vary === undefined) continue;
      key = variantKey(address, vary, request);
      const page = await cache.get(key);
      if (page instanceof CachedPage) return { page, key };
    }
    return { key };
  }

  #answer(page: CachedPage): HttpResponse {
    const response = page.toResponse();
    const age = ageOf(response.headers);
    if (age !== undefined) response.headers.set('Age', age);
    if (this.options.header) response.headers.set(this.options.header, 'HIT');
    return response;
  }

  async #begin(request: PageRequest, platform: object, flight: PageFlight | undefined): Promise<PageVisit> {
    const visit = { request, flight, outcome: 'MISS' as const };
    const { tags, isTracked, cache } = this.options;
    if (!tags && !isTracked) return visit;
    try {
      const context = requestContext.current();
      const dependencies = isTracked && context ? collectForRequest(context) : undefined;
      return { ...visit, asOf: await cache.moment(), tags: tags?.(platform), dependencies };
    } catch (error) {
      flight?.land(false);
      throw error;
    }
  }

  /** Applies the rules of what may be kept, in Django's order; tells whether the page was kept. */
  async #keep(
    visit: PageVisit,
    response: HttpResponse,
    outer: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    if (response.isStreaming || (response.status !== 200 && response.status !== 304)) return false;
    const { headers } = response;
    // Whatever its Vary, a cookie is for the visitor whom it was made for.
    if (headers.has('Set-Cookie')) return false;
    const directives = parseCacheControl(headers.get('Cache-Control'));
    if (NOT_TO_KEEP.some((name) => directives.has(name))) return false;
    const vary = varyOf(headers);
    if (vary.includes('*')) return false;
    const maxAge = maxAgeOf(headers);
    if (this.options.timeout === undefined && maxAge === 0) return false;
    const seconds = this.options.timeout ?? maxAge ?? this.options.defaultTimeout;
    patchFreshness(response, seconds);
    if (response.status !== 200 || seconds <= 0) return false;
    await this.#store(visit, CachedPage.of(response, outer), vary, seconds);
    return true;
  }

  async #store(visit: PageVisit, page: CachedPage, vary: readonly string[], seconds: number): Promise<void> {
    const { cache } = this.options;
    const { request, asOf } = visit;
    const address = addressKey(request, request.method, this.options);
    const tags = [...(visit.tags ?? []), ...(visit.dependencies?.tags ?? [])];
    await Promise.all([
      cache.set(address, vary, seconds),
      cache.set(variantKey(address, vary, request), page, seconds, asOf === undefined ? {} : { tags, asOf }),
    ]);
  }
}

function isReading({ method }: PageRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}
