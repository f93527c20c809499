import type { CacheBackend } from '../backends/backend.js';
import type { TagReading, TagStore } from './tag-store.js';

const CLOCK = 'tags:clock';

/**
 * Keeps the tag clock in entries of an ordinary store that has no atomic operations of its own.
 *
 * Changes are applied one after the other within this process. Between processes two changes of one tag in the same
 * instant may be seen as one; where that matters, use a store with atomic operations.
 */
export class StoredTags implements TagStore {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly backend: CacheBackend) {}

  read(tags: readonly string[]): Promise<TagReading> {
    return this.#inTurn(async () => {
      const keys = tags.map((tag) => `tags:${tag}`);
      const [clock, ...known] = (await this.backend.getMany([CLOCK, ...keys])) as (number | undefined)[];
      const now = clock ?? next(undefined);
      const missing = keys.filter((_, index) => known[index] === undefined);
      const writes = new Map<string, unknown>(missing.map((key) => [key, now]));
      if (clock === undefined) writes.set(CLOCK, now);
      if (writes.size > 0) await this.backend.setMany(writes, null);
      return { now, changes: known.map((change) => change ?? now) };
    });
  }

  invalidate(tags: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      const now = next((await this.backend.get(CLOCK)) as number | undefined);
      const writes = new Map<string, unknown>([[CLOCK, now]]);
      for (const tag of tags) writes.set(`tags:${tag}`, now);
      await this.backend.setMany(writes, null);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function next(last: number | undefined): number {
  return Math.max((last ?? 0) + 1, Date.now() * 1000);
}
