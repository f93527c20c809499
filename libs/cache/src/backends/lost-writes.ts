/** How lost writes are made up for. */
export interface Repair {
  forget(keys: string[]): Promise<unknown>;
  forgetAll(): Promise<unknown>;
  invalidate(tags: string[]): Promise<void>;
}

const MAX_KEYS = 10_000;
const BATCH = 1_000;

/**
 * Remembers what could not be written, so that nothing outdated is served afterwards.
 *
 * A key whose new value was lost is a miss, and a tag that changed makes stale, until the store has learned of it.
 */
export class LostWrites {
  readonly #keys = new Set<string>();
  readonly #tags = new Set<string>();
  #isEverything = false;

  get isEmpty(): boolean {
    return !this.#isEverything && this.#keys.size === 0 && this.#tags.size === 0;
  }

  hasKey(key: string): boolean {
    return this.#isEverything || this.#keys.has(key);
  }

  hasTag(tag: string): boolean {
    return this.#tags.has(tag);
  }

  keys(names: Iterable<string>): void {
    if (this.#isEverything) return;
    for (const name of names) this.#keys.add(name);
    if (this.#keys.size > MAX_KEYS) this.everything();
  }

  tags(tags: readonly string[]): void {
    for (const tag of tags) this.#tags.add(tag);
  }

  everything(): void {
    this.#isEverything = true;
    this.#keys.clear();
  }

  /** Makes up for a part of what was lost; what cannot be, is kept for the next time. */
  async repair({ forget, forgetAll, invalidate }: Repair): Promise<void> {
    if (this.#isEverything) {
      await forgetAll();
      this.#isEverything = false;
    }
    const keys = [...this.#keys].slice(0, BATCH);
    const tags = [...this.#tags].slice(0, BATCH);
    await Promise.all([
      keys.length > 0 ? forget(keys) : undefined,
      tags.length > 0 ? invalidate(tags) : undefined,
    ]);
    for (const key of keys) this.#keys.delete(key);
    for (const tag of tags) this.#tags.delete(tag);
  }
}
