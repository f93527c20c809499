import { CacheBackend, type CacheEntry } from '../backends/backend.js';
import { CacheUnavailableError } from '../errors.js';
import type { StoreMeter } from '../statistics/store-meter.js';
import type { TagStore } from '../tags/tag-store.js';

/**
 * The first of several stores that is not down.
 *
 * A store that steps in is emptied as soon as a better one is back: what it holds is not kept up to date.
 */
export class FailoverBackend extends CacheBackend {
  /** That of the first store: the others are what one falls back on. */
  override readonly meter: StoreMeter;
  readonly tags: TagStore = {
    read: (tags) => this.#run((store) => store.tags.read(tags)),
    invalidate: (tags) => this.#run((store) => store.tags.invalidate(tags)),
  };
  readonly #stores: readonly CacheBackend[];
  /** How far down the list one had to go since the stores behind were emptied last. */
  #lowest = 0;

  constructor(stores: readonly CacheBackend[]) {
    super();
    this.#stores = stores;
    this.meter = stores[0]!.meter;
  }

  override get coordinates(): boolean {
    return this.#stores[0]!.coordinates;
  }

  override get ownTables(): readonly string[] {
    return this.#stores.flatMap((store) => store.ownTables);
  }

  override attach(resolve: <T>(token: unknown) => T | undefined): void {
    for (const store of this.#stores) store.attach(resolve);
  }

  get(key: string): Promise<unknown> {
    return this.#run((store) => store.get(key));
  }

  override getEntry(key: string): Promise<CacheEntry | undefined> {
    return this.#run((store) => store.getEntry(key));
  }

  override getMany(keys: readonly string[]): Promise<unknown[]> {
    return this.#run((store) => store.getMany(keys));
  }

  set(key: string, value: unknown, timeout: number | null): Promise<void> {
    return this.#run((store) => store.set(key, value, timeout));
  }

  override setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    return this.#run((store) => store.setMany(entries, timeout));
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#run((store) => store.add(key, value, timeout));
  }

  compareAndSet(key: string, expected: unknown, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#run((store) => store.compareAndSet(key, expected, value, timeout));
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    return this.#run((store) => store.touch(key, timeout));
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#run((store) => store.delete(keys));
  }

  increment(key: string, delta: number): Promise<number | undefined> {
    return this.#run((store) => store.increment(key, delta));
  }

  clear(): Promise<boolean> {
    return this.#run((store) => store.clear());
  }

  override async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }

  async #run<T>(operation: (store: CacheBackend) => Promise<T>): Promise<T> {
    const last = this.#stores.length - 1;
    for (const [index, store] of this.#stores.entries()) {
      try {
        const answer = await operation(store);
        if (index !== this.#lowest) await this.#moved(index);
        return answer;
      } catch (error) {
        if (!(error instanceof CacheUnavailableError) || index === last) throw error;
      }
    }
    throw new CacheUnavailableError('There is no store.');
  }

  async #moved(index: number): Promise<void> {
    const left = this.#stores.slice(index + 1, this.#lowest + 1);
    this.#lowest = index;
    await Promise.all(
      left.map((store) =>
        store.clear().catch((error: unknown) => {
          if (!(error instanceof CacheUnavailableError)) throw error;
        }),
      ),
    );
  }
}
