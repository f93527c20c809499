import { BackendCache } from '../backend-cache.js';
import type { Cache } from '../cache.js';
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
}

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
  readonly #parts: BackendCache['parts'] | undefined;

  constructor(private readonly cache: Cache) {
    this.#parts = cache instanceof BackendCache ? cache.parts : undefined;
  }

  /** Looks at once, in a store of this process; `undefined` where there is nothing or the store has to be asked. */
  peek(address: PageAddress, request: PageRequest): CachedPage | undefined {
    if (!this.#parts) return undefined;
    const { backend, tagNames } = this.#parts;
    let stored = backend.peek(address.root.made);
    if (Array.isArray(stored)) stored = backend.peek(address.variant(stored as string[], request).made);
    if (!(stored instanceof Tagged)) return stored instanceof CachedPage ? stored : undefined;
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
    address.vary = Array.isArray(first) ? (first as string[]) : undefined;
    if (!address.vary) return { key: address.root, page: await this.#page(address.root, first, guess) };
    const key = address.variant(address.vary, request);
    const stored = key === likely ? second : await backend.get(key.made);
    return { key, page: await this.#page(key, stored, guess) };
  }

  async keep(
    address: PageAddress,
    request: PageRequest,
    vary: readonly string[],
    page: CachedPage,
    { seconds, origin }: { seconds: number; origin: PageOrigin | undefined },
  ): Promise<void> {
    const key = vary.length === 0 ? address.root : address.variant(vary, request);
    await Promise.all([
      key !== address.root && this.cache.set(address.root.key, vary, seconds),
      this.cache.set(key.key, page, seconds, origin),
    ]);
  }

  async #findInParts(address: PageAddress, request: PageRequest): Promise<FoundPage> {
    let key = address.root;
    let stored = await this.cache.get(key.key);
    if (Array.isArray(stored)) {
      key = address.variant(stored as string[], request);
      stored = await this.cache.get(key.key);
    }
    return { key, page: stored instanceof CachedPage ? stored : undefined };
  }

  async #page(key: PageKey, stored: unknown, guess: TagGuess | undefined): Promise<CachedPage | undefined> {
    if (!(stored instanceof Tagged)) return stored instanceof CachedPage ? stored : undefined;
    key.tags = stored.tags;
    const isRight = guess !== undefined && isSame(guess.tags, stored.tags);
    const changes = isRight ? guess.changes : await this.#changes(stored.tags);
    return stored.isFresh(changes) ? pageIn(stored) : undefined;
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
