/** How lost writes are made up for. */
export interface Repair {
  forget(keys: string[]): Promise<void>;
  forgetAll(): Promise<void>;
  invalidate(tags: string[]): Promise<void>;
}

const MAX_KEYS = 10_000;

/**
 * Remembers what could not be written while the store was down, so that nothing outdated is served afterwards.
 *
 * A key whose new value was lost is forgotten, and a tag that changed is invalidated, before the store is used again.
 */
export class LostWrites {
  readonly #keys = new Set<string>();
  readonly #tags = new Set<string>();
  #isEverything = false;

  get isEmpty(): boolean {
    return !this.#isEverything && this.#keys.size === 0 && this.#tags.size === 0;
  }

  keys(names: readonly string[]): void {
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

  /** Makes up for what was lost; what cannot be, is kept for the next time. */
  async repair({ forget, forgetAll, invalidate }: Repair): Promise<void> {
    if (this.#isEverything) await forgetAll();
    this.#isEverything = false;
    const keys = [...this.#keys];
    const tags = [...this.#tags];
    await Promise.all([forget(keys), invalidate(tags)]);
    for (const key of keys) this.#keys.delete(key);
    for (const tag of tags) this.#tags.delete(tag);
  }
}
