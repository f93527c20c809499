import type { CacheBackend } from '../backends/backend.js';
import { currentDependencies } from '../tags/dependencies.js';
import type { TagReading } from '../tags/tag-store.js';
import { Tagged } from '../tags/tagged.js';
import { Envelope } from '../values/envelope.js';
import { Claim } from './claim.js';
import { Graceful } from './graceful.js';

/** A value that may be served, at least while another one is computed. */
export interface Inspected {
  readonly value: unknown;
  readonly isFresh: boolean;
  /** How it was wrapped, where it was computed with `grace` or `refreshAhead`. */
  readonly wrapper?: Graceful;
}

/** Tells whether what a store holds may still be served. */
export class Freshness {
  constructor(
    private readonly backend: CacheBackend,
    private readonly tagPrefix: string,
  ) {}

  /** Unwraps what the store answered; `undefined`, a miss, for what is no longer fresh. */
  async read(stored: unknown): Promise<unknown> {
    const found = await this.inspect(stored);
    return found?.isFresh ? found.value : undefined;
  }

  /** Unwraps what the store answered; a value whose tags have changed is never served. */
  async inspect(stored: unknown): Promise<Inspected | undefined> {
    if (stored instanceof Claim) return this.inspect(stored.previous);
    const wrapper = stored instanceof Graceful ? stored : undefined;
    const value = await this.#untag(wrapper ? wrapper.value : stored);
    return value === undefined ? undefined : { value, isFresh: wrapper?.isFresh ?? true, wrapper };
  }

  readTags(tags: readonly string[]): Promise<TagReading> {
    return this.backend.tags.read(this.nameTags(tags));
  }

  nameTags(tags: readonly string[]): string[] {
    return [...new Set(tags)].map((tag) => `${this.tagPrefix}:${tag}`);
  }

  async #untag(stored: unknown): Promise<unknown> {
    if (!(stored instanceof Tagged)) return stored;
    const { changes } = await this.readTags(stored.tags);
    if (!stored.isFresh(changes)) return undefined;
    // What is made from a value depends on what the value was made from.
    currentDependencies()?.add(stored.tags);
    return stored.value;
  }
}

/** Tells whether what a store answered is the value itself. */
export function isPlain(stored: unknown): boolean {
  return !(stored instanceof Envelope);
}
