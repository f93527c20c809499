import { requestContext } from '@nest-quintet/core';
import { HttpHeaders, patchVary, type HttpResponse } from '@nest-quintet/middleware';
import type { Cache } from '../cache.js';
import { pageFacts, type PageFact } from '../facts/page-fact.js';
import { collectForRequest } from '../tags/dependencies.js';
import { patchCacheControl } from './cache-control.js';
import { CachedPage, varyOf } from './cached-page.js';
import { addETag, shelfLifeOf, staleWhileRevalidate, type ShelfLife } from './page-rules.js';
import {
  KEPT_WHEN_SENT,
  notKept,
  NOTHING_MADE,
  whyBypass,
  whyHit,
  whyMiss,
  type Keeping,
} from './page-reasons.js';
import { collectBody } from './collect-body.js';
import type { PageAddress, PageKey } from './page-address.js';
import { PageAddresses } from './page-addresses.js';
import { pageAnswer } from './page-answer.js';
import { PageFlights } from './page-flights.js';
import type { PageRequest } from './page-request.js';
import { PageStore, type FoundPage } from './page-store.js';
import { PageTurn } from './page-turn.js';
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
  /** The language of requests for which none was chosen. */
  readonly language?: string;
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
    if (!this.#isForAll(request)) {
      if (pageFacts.isWatched) pageFacts.tell({ outcome: 'BYPASS', reason: whyBypass(request) });
      return { request, outcome: 'BYPASS' };
    }
    const page = this.#store.peek(this.#addresses.of(request, 'GET'), request);
    if (page?.isFresh) return this.#hit(request, page);
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
      const reason = `the handler answered ${response.status}, and the page that was kept is good enough for that`;
      if (visit.turn?.end([])) this.#tell(visit, 'STALE', reason);
      return this.answer(visit, 'STALE');
    }
    let keeping = NOTHING_MADE;
    try {
      patchVary(response, this.options.vary);
      if (visit.outcome === 'MISS') keeping = await this.#keep(visit, response, made);
      else if (isReading(visit.request) && visit.request.headers.authorization !== undefined) {
        patchCacheControl(response.headers, { private: true });
      }
      if (this.options.header) response.headers.set(this.options.header, visit.outcome);
    } finally {
      this.#end(visit, keeping);
    }
    return undefined;
  }

  /** Says that no page came of a visit, so that nobody waits for it any longer. */
  abandon(visit: PageVisit): void {
    this.#end(visit, NOTHING_MADE);
  }

  #end(visit: PageVisit, keeping: Keeping): void {
    if (visit.turn?.end(keeping.keys) && pageFacts.isWatched) {
      this.#tell(visit, 'MISS', whyMiss(visit.found!, keeping));
    }
  }

  #hit(request: PageRequest, page: CachedPage): PageVisit {
    const visit = { request, outcome: 'HIT' as const, page };
    this.#store.count('hits');
    if (pageFacts.isWatched) this.#tell(visit, 'HIT', whyHit(page));
    return visit;
  }

  #stale(request: PageRequest, page: CachedPage): PageVisit {
    const visit = { request, outcome: 'STALE' as const, page };
    this.#store.count('stale');
    if (pageFacts.isWatched) {
      this.#tell(visit, 'STALE', 'the time of the page that was kept is over, and another one is being made');
    }
    return visit;
  }

  #tell(visit: PageVisit, outcome: PageFact['outcome'], reason: string): void {
    if (!pageFacts.isWatched) return;
    const key = visit.found?.key ?? this.#keyOf(visit.request, visit.page!);
    const { tags = [], dependencies } = visit;
    const made = [...tags, ...(dependencies?.tags ?? [])];
    pageFacts.tell({ outcome, reason, key: key.made, tags: outcome === 'MISS' ? made : (key.tags ?? []) });
  }

  #keyOf(request: PageRequest, page: CachedPage): PageKey {
    const address = this.#addresses.of(request, 'GET');
    const vary = varyOf(new HttpHeaders(page.headers));
    return vary.length === 0 ? address.root : address.variant(vary, request);
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
      const found = await this.#find(request);
      const { page } = found;
      if (page?.isFresh) return this.#hit(request, page);
      const turn = attempt < 2 ? await this.#board(found) : new PageTurn(undefined);
      if (turn instanceof PageTurn) return this.#begin(request, platform, turn, found);
      if (page) return this.#stale(request, page);
      await turn.end;
    }
  }

  /** Takes the turn to make a page, or returns the end of somebody else's: with an expired page nobody waits. */
  async #board(found: FoundPage): Promise<PageTurn | { readonly end: Promise<void> | undefined }> {
    const flight = this.#flights.board(found.key.key);
    if (flight instanceof Promise) return { end: flight };
    if (!flight.isAwaited) return new PageTurn(flight);
    try {
      const held = await this.#store.claim(found, this.#graceLeft(found.page));
      if (held !== 'theirs') return new PageTurn(flight, held && { held, key: found.key.made });
    } catch (error) {
      flight.land(false);
      throw error;
    }
    flight.land(true);
    return { end: undefined };
  }

  /** For how many milliseconds an expired page is good enough from now on. */
  #graceLeft(page: CachedPage | undefined): number {
    if (!page) return 0;
    const grace = this.options.grace ?? staleWhileRevalidate(new HttpHeaders(page.headers));
    return Math.max(1, page.freshUntil + grace * 1000 - Date.now());
  }

  async #find(request: PageRequest): Promise<FoundPage> {
    const found = await this.#store.find(this.#addresses.of(request, 'GET'), request);
    if (found.page || request.method !== 'HEAD') return found;
    return this.#store.find(this.#addresses.of(request, 'HEAD'), request);
  }

  async #begin(request: PageRequest, platform: object, turn: PageTurn, found: FoundPage): Promise<PageVisit> {
    const visit = { request, turn, found, page: found.page, outcome: 'MISS' as const };
    this.#store.count('misses');
    const { tags, isTracked, cache } = this.options;
    if (!tags && !isTracked) return visit;
    try {
      const context = requestContext.current();
      const dependencies = isTracked && context ? collectForRequest(context) : undefined;
      return { ...visit, asOf: await cache.moment(), tags: tags?.(platform), dependencies };
    } catch (error) {
      turn.end([]);
      throw error;
    }
  }

  async #keep(visit: PageVisit, response: HttpResponse, { outer, isFile }: Made): Promise<Keeping> {
    if (response.isStreaming && !isFile) return notKept('it is a stream');
    const life = shelfLifeOf(response, this.options);
    if (typeof life === 'string') return notKept(life);
    if (!response.isStreaming) {
      if (this.options.isTagged) addETag(response);
      const keys = await this.#putAway(visit, response, response.bytes, life, outer);
      return { keys, note: `this one is kept for ${life.seconds} s` };
    }
    // Nobody waits for the slowest of all clients; the next visitor makes another page.
    collectBody(response, this.options.maxFileBytes, (bytes) =>
      this.#putAway(visit, response, bytes, life, outer),
    );
    return KEPT_WHEN_SENT;
  }

  #putAway(
    visit: PageVisit,
    response: HttpResponse,
    bytes: Uint8Array,
    { seconds, grace, vary }: ShelfLife,
    outer: Made['outer'],
  ): Promise<string[]> {
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
