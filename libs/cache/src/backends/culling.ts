import { ImproperlyConfiguredError } from '@nest-quintet/core';

/** How large a cache may grow. */
export interface CullingOptions {
  /** How many entries to keep. Django: `MAX_ENTRIES`. */
  maxEntries?: number;
  /** Which part of a full cache to remove: `3` is a third, `0` everything. Default 3. Django: `CULL_FREQUENCY`. */
  cullFrequency?: number;
}

/** Decides when to count the entries of a store and how many must go. */
export class Culling {
  readonly maxEntries: number;
  readonly #frequency: number;
  #writes = 0;

  /** @throws ImproperlyConfiguredError for a size that is none. */
  constructor({ maxEntries = 10_000, cullFrequency = 3 }: CullingOptions, who: string) {
    checkMaxEntries(maxEntries, who);
    this.maxEntries = maxEntries;
    this.#frequency = cullFrequency;
  }

  /** Tells whether it is time to count: often enough that a store is never more than a hundredth too large. */
  isDue(): boolean {
    const pause = Math.max(1, Math.floor(this.maxEntries / 100));
    return this.#writes++ % pause === 0;
  }

  /** Returns how many of `count` entries must go; `Infinity` for all. */
  excess(count: number): number {
    return this.#frequency === 0 ? Infinity : Math.max(1, Math.floor(count / this.#frequency));
  }
}

/** @throws ImproperlyConfiguredError for a size that is none. */
export function checkMaxEntries(maxEntries: number, who: string): void {
  if (Number.isInteger(maxEntries) && maxEntries >= 1) return;
  throw new ImproperlyConfiguredError(`${who}: maxEntries is ${maxEntries}. Give a whole number above zero.`);
}
