import { toMilliseconds, type Duration } from '@nest-quintet/core';
import type { CacheContext } from '../create-cache.js';
import type { StoreMeter } from '../statistics/store-meter.js';
import type { TagReading, TagStore } from '../tags/tag-store.js';
import { CacheBackend, type CacheEntry } from './backend.js';
import type { CacheBus } from './cache-bus.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { LostWrites } from './lost-writes.js';

/** What every cache can be told whose store may be down. */
export interface GuardOptions {
  /** How long one operation may take, connecting included; beyond it the cache is down. Default 250 ms. */
  operationTimeout?: Duration;
  /**
   * What an operation does while the store is down: `'miss'` finds nothing and stores nothing, `'throw'` throws a
   * `CacheUnavailableError`. Default `'miss'`.
   */
  onError?: 'miss' | 'throw';
}

/** Milliseconds until what was refused is tried again. */
const MEND_PAUSE = 100;

/**
 * Stands between a cache and a store that may be down, slow, full or out of its mind.
 *
 * The store throws whatever it meets; here that becomes a miss, in bounded time. Nothing outdated is served
 * afterwards: keys whose new value was lost, deletions and invalidations are made up for first.
 */
export class GuardedBackend extends CacheBackend {
  override readonly meter: StoreMeter;
  readonly tags: TagStore;
  readonly #store: CacheBackend;
  readonly #breaker: CircuitBreaker;
  readonly #lost = new LostWrites();
  #mending: NodeJS.Timeout | undefined;

  /** @param name What is out there, for messages: `Redis`. */
  constructor(store: CacheBackend, name: string, options: GuardOptions, context: CacheContext) {
    super();
    this.#store = store;
    this.meter = store.meter;
    this.#breaker = new CircuitBreaker({
      limit: toMilliseconds(options.operationTimeout ?? 0.25, 'operationTimeout'),
      onError: context.onError ?? options.onError ?? 'miss',
      name: `The cache "${context.alias}"`,
      store: name,
      logger: context.logger,
      meter: store.meter,
      release: () => store.release(),
      revive: async () => {
        await store.get('ping');
        while (!this.#lost.isEmpty) await this.#repair();
      },
    });
    this.tags = { read: (tags) => this.#readTags(tags), invalidate: (tags) => this.#invalidate(tags) };
  }

  override get coordinates(): boolean {
    return this.#store.coordinates;
  }

  override get ownTables(): readonly string[] {
    return this.#store.ownTables;
  }

  override openBus(): CacheBus | undefined {
    return this.#store.openBus();
  }

  override attach(resolve: <T>(token: unknown) => T | undefined): void {
    this.#store.attach(resolve);
  }

  async get(key: string): Promise<unknown> {
    return this.#isLost(key) ? undefined : this.#run(() => this.#store.get(key), undefined);
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    return this.#isLost(key) ? undefined : this.#run(() => this.#store.getEntry(key), undefined);
  }

  override async getMany(keys: readonly string[]): Promise<unknown[]> {
    const found = await this.#run(
      () => this.#store.getMany(keys),
      keys.map(() => undefined),
    );
    return this.#lost.isEmpty ? found : found.map((value, i) => (this.#isLost(keys[i]!) ? undefined : value));
  }

  set(key: string, value: unknown, timeout: number | null): Promise<void> {
    return this.#write([key], () => this.#store.set(key, value, timeout), undefined);
  }

  override setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const keys = [...entries.keys()];
    return this.#write(keys, () => this.#store.setMany(entries, timeout), keys);
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#run(() => this.#store.add(key, value, timeout), false);
  }

  compareAndSet(key: string, expected: unknown, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#breaker.run(
      () => this.#store.compareAndSet(key, expected, value, timeout),
      () => this.#breaker.fail(),
    );
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    return this.#run(() => this.#store.touch(key, timeout), false);
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#write(keys, () => this.#store.delete(keys), 0);
  }

  increment(key: string, delta: number): Promise<number | undefined> {
    return this.#run(() => this.#store.increment(key, delta), undefined);
  }

  clear(): Promise<boolean> {
    return this.#breaker.run(
      () => this.#store.clear(),
      () => {
        this.#lost.everything();
        this.#mend();
        return false;
      },
    );
  }

  override async close(): Promise<void> {
    clearTimeout(this.#mending);
    this.#mending = undefined;
    this.#breaker.close();
    await this.#store.close();
  }

  #run<T>(operation: () => Promise<T>, missed: T): Promise<T> {
    return this.#breaker.run(operation, () => missed);
  }

  #write<T>(keys: readonly string[], operation: () => Promise<T>, missed: T): Promise<T> {
    return this.#breaker.run(operation, () => {
      this.#lost.keys(keys);
      this.#mend();
      return missed;
    });
  }

  /** While the store is down everything changed just now: nothing tagged is served or stored. */
  async #readTags(tags: readonly string[]): Promise<TagReading> {
    const reading = await this.#run(() => this.#store.tags.read(tags), {
      now: 0,
      changes: tags.map(() => Infinity),
    });
    if (this.#lost.isEmpty) return reading;
    const changes = reading.changes.map((change, i) => (this.#lost.hasTag(tags[i]!) ? Infinity : change));
    return { now: reading.now, changes };
  }

  #invalidate(tags: readonly string[]): Promise<void> {
    return this.#breaker.run(
      () => this.#store.tags.invalidate(tags),
      () => {
        this.#lost.tags(tags);
        this.#mend();
      },
    );
  }

  #isLost(key: string): boolean {
    return !this.#breaker.isDown && !this.#lost.isEmpty && this.#lost.hasKey(key);
  }

  /** A store that answers but refused a write is not down: what was lost is made up for beside its work. */
  #mend(): void {
    if (this.#mending) return;
    this.#mending = setTimeout(() => {
      this.#mending = undefined;
      if (this.#breaker.isDown || this.#lost.isEmpty) return;
      this.#breaker
        .run(
          () => this.#repair(),
          () => undefined,
        )
        .then(
          () => this.#lost.isEmpty || this.#mend(),
          () => this.#mend(),
        );
    }, MEND_PAUSE).unref();
  }

  #repair(): Promise<void> {
    return this.#lost.repair({
      forget: (keys) => this.#store.delete(keys),
      forgetAll: () => this.#store.clear(),
      invalidate: (tags) => this.#store.tags.invalidate(tags),
    });
  }
}
