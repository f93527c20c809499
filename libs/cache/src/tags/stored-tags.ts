import type { CacheBackend } from '../backends/backend.js';
import type { TagReading, TagStore } from './tag-store.js';

const CLOCK = 'tags:clock';
const MAX_ATTEMPTS = 1_000;

/**
 * Keeps the tag clock in entries of an ordinary store, one for the clock and one for each tag.
 *
 * Every write is a compare-and-set that only goes forward, so that no process takes back what another has said.
 */
export class StoredTags implements TagStore {
  /** The invalidations of this process take turns: they would only fail each other's comparisons. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly backend: CacheBackend) {}

  async read(tags: readonly string[]): Promise<TagReading> {
    const keys = tags.map(keyOf);
    const [clock, ...known] = (await this.backend.getMany([CLOCK, ...keys])) as (number | undefined)[];
    const now = clock ?? (await this.#put(CLOCK, Date.now() * 1000));
    const changes = await Promise.all(
      known.map(async (change, index) => change ?? this.#put(keys[index]!, now)),
    );
    return { now, changes };
  }

  invalidate(tags: readonly string[]): Promise<void> {
    const turn = this.#last.then(async () => {
      const now = await this.#raise(CLOCK, (last) => Math.max((last ?? 0) + 1, Date.now() * 1000));
      await Promise.all(tags.map((tag) => this.#raise(keyOf(tag), (last) => Math.max(last ?? 0, now))));
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Stores a moment where there is none; returns the one that counts. */
  async #put(key: string, moment: number): Promise<number> {
    if (await this.backend.add(key, moment, null)) return moment;
    return ((await this.backend.get(key)) as number | undefined) ?? moment;
  }

  async #raise(key: string, raised: (last: number | undefined) => number): Promise<number> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const last = (await this.backend.get(key)) as number | undefined;
      const next = raised(last);
      if (last === next || (await this.backend.compareAndSet(key, last, next, null))) return next;
    }
    throw new Error(`the entry "${key}" did not stand still for ${MAX_ATTEMPTS} attempts.`);
  }
}

function keyOf(tag: string): string {
  return `tags:${tag}`;
}
