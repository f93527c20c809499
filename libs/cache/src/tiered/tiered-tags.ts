import type { TagReading, TagStore } from '../tags/tag-store.js';
import { Fills } from './fills.js';

const MAX_KEPT = 10_000;

/** Tells the moments of tags from memory, as long as nothing said that they changed. */
export class TieredTags implements TagStore {
  readonly #shared: TagStore;
  readonly #isUp: () => boolean;
  readonly #changes = new Map<string, number>();
  readonly #fills = new Fills();

  /** @param isUp Tells whether changes of other processes are heard. */
  constructor(shared: TagStore, isUp: () => boolean) {
    this.#shared = shared;
    this.#isUp = isUp;
  }

  peek(tags: readonly string[]): readonly number[] | undefined {
    if (!this.#isUp()) return undefined;
    const changes = tags.map((tag) => this.#changes.get(tag));
    return changes.includes(undefined) ? undefined : (changes as number[]);
  }

  /** The clock itself is always asked for; only what is known of tags is told from memory. */
  async read(tags: readonly string[]): Promise<TagReading> {
    const known = tags.length > 0 ? this.peek(tags) : undefined;
    if (known) return { now: Math.max(...known), changes: known };
    const fills = tags.map((tag) => this.#fills.begin(tag));
    const reading = await this.#shared.read(tags);
    for (const [index, fill] of fills.entries()) {
      if (fill.end() && this.#isUp()) this.#put(tags[index]!, reading.changes[index]!);
    }
    return reading;
  }

  async invalidate(tags: readonly string[]): Promise<void> {
    this.forget(tags);
    await this.#shared.invalidate(tags);
    this.forget(tags);
  }

  forget(tags: readonly string[]): void {
    for (const tag of tags) {
      this.#fills.cancel(tag);
      this.#changes.delete(tag);
    }
  }

  forgetAll(): void {
    this.#fills.cancelAll();
    this.#changes.clear();
  }

  #put(tag: string, change: number): void {
    if (!Number.isFinite(change)) return;
    if (this.#changes.size >= MAX_KEPT) this.#changes.clear();
    this.#changes.set(tag, change);
  }
}
