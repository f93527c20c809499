import { requestContext } from '@nest-quintet/core';
import { patchVary, type HttpResponse } from '@nest-quintet/middleware';
import type { Cache } from '../cache.js';
import { collectForRequest } from '../tags/dependencies.js';
import { patchCacheControl } from './cache-control.js';
import { CachedPage } from './cached-page.js';
import { addETag, shelfLifeOf, type ShelfLife } from './page-rules.js';
import { collectBody } from './collect-body.js';
import type { PageAddress } from './page-address.js';
import { PageAddresses } from './page-addresses.js';
import { pageAnswer } from './page-answer.js';
import { PageFlights, type PageFlight } from './page-flights.js';
import type { PageRequest } from './page-request.js';
import { PageStore } from './page-store.js';
import type { PageVisit } from './page-visit.js';

export interface PageCacheOptions {
  readonly cache: Cache;
  /** Seconds; `undefined` leaves it to the response's `max-age`, then to `defaultTimeout`. */
  readonly timeout: number | undefined;
  readonly defaultTimeout: number;
  /** For how many seconds an expired page is good enough while another one is made; `undefined` asks the response. */
  readonly grace: number | undefined;
  readonly keyPrefix: string;
  readonly vary: readonly string[];
  readonly query?: readonly string[];
  readonly shareAuthorized: boolean;
  /** The most bytes of a file that are kept. */
  readonly maxFileBytes: number;
  /** Whether a page without an `ETag` is given one. */
  readonly isTagged: boolean;
  /** The name of the header that tells what became of the page. */
  readonly header: string | undefined;
  /** The tags that are known before the page is made; `undefined` where none can ever be. */
  readonly tags: ((request: object) => readonly string[]) | undefined;
  /** Whether the tags of what is read while the page is made count as well. */
  readonly isTracked: boolean;
}

/** What is known of a response beside the response. */
export interface Made {
  /** Headers that were there before the handler ran: whoever set them sets them for a hit as well. */
  readonly outer: Readonly<Record<string, unknown>>;
  /** Whether the body is a file, which has an end, and not a stream of events. */
  readonly isFile?: boolean;
}

/** Keeps finished responses by address and by the headers they vary on. Django: `CacheMiddleware`. */
export class PageCache {
  readonly #flights = new PageFlights();
  readonly #addresses: PageAddresses;
  readonly #store: PageStore;

  constructor(readonly options: PageCacheOptions) {
    this.#addresses = new PageAddresses(options, (key) => options.cache.makeKey(key));
    this.#store = new PageStore(options.cache);
  }

  /** Looks for a page, at once where it is in memory; where there is none, says what must be known when it is made. */
  enter(request: PageRequest, platform: object): PageVisit | Promise<PageVisit> {
    if (!this.#isForAll(request)) return { request, outcome: 'BYPASS' };
    const page = this.#store.peek(this.#addresses.of(request, 'GET'), request);
    if (page?.isFresh) return { request, outcome: 'HIT', page };
    return this.#look(request, platform);
  }

  /** Makes the response of a visit that found a page. */
  answer(visit: PageVisit, outcome = visit.outcome): HttpResponse {
    return pageAnswer(visit.page!, visit.request, outcome, this.options.header);
  }

  /**
   * Completes the headers of a page that was made, and keeps it if it may be kept.
   *
   * Where the handler failed and an expired page is there, that is returned in its place.
   */
  async leave(visit: PageVisit, response: HttpResponse, made: Made): Promise<HttpResponse | undefined> {
    if (visit.page && response.status >= 500) {
      this.abandon(visit);
      return this.answer(visit, 'STALE');
    }
    let isStored = false;
    try {
      patchVary(response, this.options.vary);
      if (visit.outcome === 'MISS') isStored = await this.#keep(visit, response, made);
      else if (isReading(visit.request) && visit.request.headers.authorization !== undefined) {
        patchCacheControl(response.headers, { private: true });
      }
      if (this.options.header) response.headers.set(this.options.header, visit.outcome);
    } finally {
      visit.flight?.land(isStored);
    }
    return undefined;
  }

  /** Says that no page came of a visit, so that nobody waits for it any longer. */
  abandon(visit: PageVisit): void {
    visit.flight?.land(false);
  }

  /** Says whether a request may be answered with what others were answered. */
  #isForAll(request: PageRequest): boolean {
    return (
      isReading(request) && (request.headers.authorization === undefined || this.options.shareAuthorized)
    );
  }

  async #look(request: PageRequest, platform: object): Promise<PageVisit> {
    // Others may vary on what this visitor does not: the second look knows what the page varies on.
    for (let attempt = 0; ; attempt++) {
      const { page, key } = await this.#find(request);
      if (page?.isFresh) return { request, outcome: 'HIT', page };
      const flight = attempt < 2 ? this.#flights.board(key.key) : undefined;
      if (!(flight instanceof Promise)) return this.#begin(request, platform, flight, page);
      if (page) return { request, outcome: 'STALE', page };
      await flight;
    }
  }

  async #find(request: PageRequest) {
    const found = await this.#store.find(this.#addresses.of(request, 'GET'), request);
    if (found.page || request.method !== 'HEAD') return found;
    return this.#store.find(this.#addresses.of(request, 'HEAD'), request);
  }

  async #begin(
    request: PageRequest,
    platform: object,
    flight: PageFlight | undefined,
    page: CachedPage | undefined,
  ): Promise<PageVisit> {
    const visit = { request, flight, page, outcome: 'MISS' as const };
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

  async #keep(visit: PageVisit, response: HttpResponse, { outer, isFile }: Made): Promise<boolean> {
    if (response.isStreaming && !isFile) return false;
    const life = shelfLifeOf(response, this.options);
    if (!life) return false;
    if (!response.isStreaming) {
      if (this.options.isTagged) addETag(response);
      await this.#putAway(visit, response, response.bytes, life, outer);
      return true;
    }
    // Nobody waits for the slowest of all clients; the next visitor makes another page.
    collectBody(response, this.options.maxFileBytes, (bytes) =>
      this.#putAway(visit, response, bytes, life, outer),
    );
    return false;
  }

  #putAway(
    visit: PageVisit,
    response: HttpResponse,
    bytes: Uint8Array,
    { seconds, grace, vary }: ShelfLife,
    outer: Made['outer'],
  ): Promise<void> {
    const { request, asOf } = visit;
    const page = CachedPage.of(response, bytes, Date.now() + seconds * 1000, outer);
    const tags = [...(visit.tags ?? []), ...(visit.dependencies?.tags ?? [])];
    return this.#store.keep(this.#address(request), request, vary, page, {
      seconds: seconds + grace,
      origin: asOf === undefined ? undefined : { tags, asOf },
    });
  }

  #address(request: PageRequest): PageAddress {
    return this.#addresses.of(request, request.method);
  }
}

function isReading({ method }: PageRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}
