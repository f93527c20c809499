import { CacheBackend, type CacheEntry } from '../backends/backend.js';
import type { CacheBus } from '../backends/cache-bus.js';
import { Claim } from '../computing/claim.js';
import { CacheUnavailableError } from '../errors.js';
import type { StoreMeter } from '../statistics/store-meter.js';
import { BusMessages, type BusMessage } from './bus-messages.js';
import { Fills } from './fills.js';
import { TieredTags } from './tiered-tags.js';

export interface TieredBackendOptions {
  readonly near: CacheBackend;
  readonly shared: CacheBackend;
  readonly bus: CacheBus | undefined;
  /** The milliseconds for which a copy is kept at most. */
  readonly nearTimeout: number;
  readonly onError: 'miss' | 'throw';
}

/**
 * Copies of what a shared store holds, in the memory of this process.
 *
 * Every write goes to the shared store first and is then told to the other processes, who drop their copies. As long as
 * they cannot be heard, nothing is served from memory.
 */
export class TieredBackend extends CacheBackend {
  override readonly meter: StoreMeter;
  readonly tags: TieredTags;
  readonly #options: TieredBackendOptions;
  readonly #messages: BusMessages | undefined;
  readonly #fills = new Fills();

  constructor(options: TieredBackendOptions) {
    super();
    this.#options = options;
    const { bus, shared } = options;
    this.meter = shared.meter;
    // Without a bus copies are as old as their timeout, but tags are always asked for.
    this.tags = new TieredTags(
      {
        read: (tags) =>
          this.#ask(() => shared.tags.read(tags), { now: 0, changes: tags.map(() => Infinity) }),
        invalidate: async (tags) => {
          await this.#ask(() => shared.tags.invalidate(tags), undefined);
          await this.#messages?.tell({ tags });
        },
      },
      () => this.#messages?.isUp === true,
    );
    this.#messages =
      bus &&
      new BusMessages(bus, {
        changed: (message) => this.#changed(message),
        up: () => this.#forgetAll(),
        down: () => this.#forgetAll(),
      });
  }

  override get coordinates(): boolean {
    return this.#options.shared.coordinates;
  }

  override get ownTables(): readonly string[] {
    return this.#options.shared.ownTables;
  }

  override attach(resolve: <T>(token: unknown) => T | undefined): void {
    this.#options.shared.attach(resolve);
  }

  override peek(key: string): unknown {
    return this.#isNearUp ? this.#options.near.peek(key) : undefined;
  }

  async get(key: string): Promise<unknown> {
    return (await this.getEntry(key))?.value;
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    const { near, shared } = this.#options;
    const copy = this.#isNearUp ? await near.getEntry(key) : undefined;
    if (copy) return copy;
    const fill = this.#fills.begin(key);
    const entry = await this.#ask(() => shared.getEntry(key), undefined);
    if (fill.end() && entry) await this.#keep(key, entry);
    return entry;
  }

  override async getMany(keys: readonly string[]): Promise<unknown[]> {
    const { near, shared } = this.#options;
    const copies = this.#isNearUp ? await near.getMany(keys) : keys.map(() => undefined);
    const missing = keys.filter((_, index) => copies[index] === undefined);
    if (missing.length === 0) return copies;
    const found = await this.#ask(
      () => shared.getMany(missing),
      missing.map(() => undefined),
    );
    const next = found.values();
    return copies.map((copy) => (copy === undefined ? next.next().value : copy));
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    await this.#write([key], (shared) => shared.set(key, value, timeout), undefined);
  }

  override setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const keys = [...entries.keys()];
    return this.#write(keys, (shared) => shared.setMany(entries, timeout), keys);
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#write([key], (shared) => shared.add(key, value, timeout), false);
  }

  async compareAndSet(
    key: string,
    expected: unknown,
    value: unknown,
    timeout: number | null,
  ): Promise<boolean> {
    const { shared } = this.#options;
    // A claim changes nothing for those who are served what it carries.
    if (value instanceof Claim) {
      const isClaimed = await shared.compareAndSet(key, expected, value, timeout);
      // What is there is not what the copy says: somebody else's claim, or what came of it.
      if (!isClaimed) await this.#drop([key]);
      return isClaimed;
    }
    await this.#drop([key]);
    const isDone = await shared.compareAndSet(key, expected, value, timeout);
    await this.#drop([key]);
    if (isDone) await this.#messages?.tell({ keys: [key] });
    return isDone;
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    return this.#write([key], (shared) => shared.touch(key, timeout), false);
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#write(keys, (shared) => shared.delete(keys), 0);
  }

  increment(key: string, delta: number): Promise<number | undefined> {
    return this.#write([key], (shared) => shared.increment(key, delta), undefined);
  }

  async clear(): Promise<boolean> {
    this.#forgetAll();
    const isDone = await this.#ask(() => this.#options.shared.clear(), false);
    this.#forgetAll();
    await this.#messages?.tell({ all: true });
    return isDone;
  }

  override async close(): Promise<void> {
    await Promise.all([this.#messages?.close(), this.#options.near.close(), this.#options.shared.close()]);
  }

  /** Without a bus the copies end by their timeout alone. */
  get #isNearUp(): boolean {
    return this.#messages?.isUp ?? true;
  }

  /** Drops before as well, so that nobody is served a copy after the shared store has changed. */
  async #write<T>(
    keys: readonly string[],
    operation: (shared: CacheBackend) => Promise<T>,
    missed: T,
  ): Promise<T> {
    await this.#drop(keys);
    const answer = await this.#ask(() => operation(this.#options.shared), missed);
    await this.#drop(keys);
    await this.#messages?.tell({ keys });
    return answer;
  }

  async #ask<T>(operation: () => Promise<T>, missed: T): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (error instanceof CacheUnavailableError && this.#options.onError === 'miss') return missed;
      throw error;
    }
  }

  async #keep(key: string, { value, expires }: CacheEntry): Promise<void> {
    const { near, nearTimeout } = this.#options;
    if (!this.#isNearUp || value instanceof Claim) return;
    const left = typeof expires === 'number' ? expires - Date.now() : Infinity;
    if (left > 0) await near.set(key, value, Math.min(nearTimeout, left));
  }

  async #drop(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#fills.cancel(key);
    await this.#options.near.delete(keys);
  }

  #changed({ keys = [], tags = [], all }: BusMessage): void {
    if (all) this.#forgetAll();
    this.tags.forget(tags);
    void this.#drop(keys);
  }

  #forgetAll(): void {
    this.#fills.cancelAll();
    this.tags.forgetAll();
    void this.#options.near.clear();
  }
}
