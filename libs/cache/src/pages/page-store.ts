import { BackendCache } from '../backend-cache.js';
import type { Cache } from '../cache.js';
import { Claim, CLAIM_TIMEOUT } from '../computing/claim.js';
import type { HeldClaim } from '../computing/held-claim.js';
import type { CacheParts } from '../keyed-cache.js';
import { currentDependencies } from '../tags/dependencies.js';
import { Tagged } from '../tags/tagged.js';
import { CachedPage } from './cached-page.js';
import type { PageAddress, PageKey } from './page-address.js';
import type { PageRequest } from './page-request.js';

/** Where a page was looked for, and what was there. */
export interface FoundPage {
  readonly page: CachedPage | undefined;
  /** The innermost key that is known for the request. */
  readonly key: PageKey;
  /** What the store holds there. */
  readonly stored: unknown;
  /** Whether there was a page until something changed that it was made from. */
  readonly hasChanged: boolean;
  /** The headers that pages of the address vary on. */
  readonly vary: readonly string[] | undefined;
}

/** What a key of the store holds. */
type Held = Pick<FoundPage, 'page' | 'stored' | 'hasChanged'>;

/** Of what a page was made, and when that began. */
export interface PageOrigin {
  readonly tags: readonly string[];
  readonly asOf: number;
}

/** The tags that a page was guessed to have, and when each changed last. */
interface TagGuess {
  readonly tags: readonly string[];
  readonly changes: readonly number[];
}

/**
 * Keeps pages under their addresses: a page that varies on nothing under the address itself; where it varies, the
 * names of the headers stand there, and the page under their values. Django's two-step keys.
 *
 * What is asked of a store beyond this process is asked for in one go: what the page varied on and depended on when
 * it was last seen is a guess that costs nothing, and is checked.
 */
export class PageStore {
  readonly #parts: CacheParts | undefined;

  constructor(private readonly cache: Cache) {
    this.#parts = cache instanceof BackendCache ? cache.parts : undefined;
  }

  /** Looks at once, in a store of this process; `undefined` where there is nothing or the store has to be asked. */
  peek(address: PageAddress, request: PageRequest): CachedPage | undefined {
    if (!this.#parts) return undefined;
    const { backend, tagNames } = this.#parts;
    let key = address.root;
    let stored = backend.peek(key.made);
    if (Array.isArray(stored)) {
      key = address.variant(stored as string[], request);
      stored = backend.peek(key.made);
    }
    if (!(stored instanceof Tagged)) return stored instanceof CachedPage ? stored : undefined;
    key.tags = stored.tags;
    const changes = backend.tags.peek?.(tagNames(stored.tags));
    return changes && stored.isFresh(changes) ? pageIn(stored) : undefined;
  }

  async find(address: PageAddress, request: PageRequest): Promise<FoundPage> {
    if (!this.#parts) return this.#findInParts(address, request);
    const { backend } = this.#parts;
    const likely = address.vary && address.variant(address.vary, request);
    const likelyTags = (likely ?? address.root).tags;
    const [[first, second], changes] = await Promise.all([
      likely
        ? backend.getMany([address.root.made, likely.made])
        : backend.get(address.root.made).then((value) => [value]),
      likelyTags && this.#changes(likelyTags),
    ]);
    const guess = likelyTags && changes && { tags: likelyTags, changes };
    const vary = Array.isArray(first) ? (first as string[]) : undefined;
    address.vary = vary;
    if (!vary) return { key: address.root, vary, ...(await this.#look(address.root, first, guess)) };
    const key = address.variant(vary, request);
    const stored = key === likely ? second : await backend.get(key.made);
    return { key, vary, ...(await this.#look(key, stored, guess)) };
  }

  async keep(
    address: PageAddress,
    request: PageRequest,
    vary: readonly string[],
    page: CachedPage,
    { seconds, origin }: { seconds: number; origin: PageOrigin | undefined },
  ): Promise<string[]> {
    const key = vary.length === 0 ? address.root : address.variant(vary, request);
    await Promise.all([
      key !== address.root && this.cache.set(address.root.key, vary, seconds),
      this.cache.set(key.key, page, seconds, origin),
    ]);
    return [address.root.made, key.made];
  }

  /**
   * Takes the turn to make a page from other processes, or waits for the one that has it; with an expired page nobody
   * waits.
   *
   * @param keep The milliseconds for which an expired page is still good enough.
   * @returns `'theirs'` where another process has made the page or is at it, `undefined` where none takes part.
   */
  async claim({ key, stored, page }: FoundPage, keep: number): Promise<HeldClaim | 'theirs' | undefined> {
    if (!this.#parts?.backend.coordinates) return undefined;
    const { claims } = this.#parts;
    for (let seen = stored; ;) {
      const claim = await claims.tryTake(key.made, seen, page ? keep : CLAIM_TIMEOUT);
      if (claim !== 'lost') return claim;
      if (page) return 'theirs';
      seen = await claims.outlast(key.made);
      // Nothing came of the other's page: all who waited make their own, rather than one after the other.
      if (seen === undefined) return undefined;
      if (!(seen instanceof Claim)) return 'theirs';
    }
  }

  /** Counts what became of a request. */
  count(outcome: 'hits' | 'misses' | 'stale'): void {
    if (this.#parts) this.#parts.counters[outcome]++;
  }

  async #findInParts(address: PageAddress, request: PageRequest): Promise<FoundPage> {
    let key = address.root;
    let stored = await this.cache.get(key.key);
    const vary = Array.isArray(stored) ? (stored as string[]) : undefined;
    if (vary) {
      key = address.variant(vary, request);
      stored = await this.cache.get(key.key);
    }
    return { key, vary, stored, hasChanged: false, page: stored instanceof CachedPage ? stored : undefined };
  }

  async #look(key: PageKey, stored: unknown, guess: TagGuess | undefined): Promise<Held> {
    const value = stored instanceof Claim ? stored.previous : stored;
    if (!(value instanceof Tagged)) {
      return { stored, hasChanged: false, page: value instanceof CachedPage ? value : undefined };
    }
    key.tags = value.tags;
    const isRight = guess !== undefined && isSame(guess.tags, value.tags);
    const changes = isRight ? guess.changes : await this.#changes(value.tags);
    const isFresh = value.isFresh(changes);
    return { stored, hasChanged: !isFresh, page: isFresh ? pageIn(value) : undefined };
  }

  async #changes(tags: readonly string[]): Promise<readonly number[]> {
    const { backend, tagNames } = this.#parts!;
    return (await backend.tags.read(tagNames(tags))).changes;
  }
}

/** Whatever surrounds the page depends on what it was made from. */
function pageIn({ value, tags }: Tagged): CachedPage | undefined {
  if (!(value instanceof CachedPage)) return undefined;
  currentDependencies()?.add(tags);
  return value;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((tag, index) => tag === others[index]);
}
