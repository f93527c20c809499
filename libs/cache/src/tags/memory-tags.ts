import { MAX_TAGS, type TagReading, type TagStore } from './tag-store.js';

/** The tag clock of one process: microseconds since 1970, never twice the same. */
export class MemoryTags implements TagStore {
  readonly #changes = new Map<string, number>();
  readonly #maxTags: number;
  #now = 0;

  constructor(maxTags = MAX_TAGS) {
    this.#maxTags = maxTags;
  }

  async read(tags: readonly string[]): Promise<TagReading> {
    if (this.#now === 0) this.#tick();
    return { now: this.#now, changes: tags.map((tag) => this.#changes.get(tag) ?? this.#put(tag)) };
  }

  peek(tags: readonly string[]): readonly number[] | undefined {
    const changes: number[] = [];
    for (const tag of tags) {
      const change = this.#changes.get(tag);
      if (change === undefined) return undefined;
      changes.push(change);
    }
    return changes;
  }

  async invalidate(tags: readonly string[]): Promise<void> {
    this.#tick();
    for (const tag of tags) this.#put(tag);
  }

  #put(tag: string): number {
    if (this.#changes.size >= this.#maxTags && !this.#changes.has(tag)) {
      this.#changes.clear();
      this.#tick();
    }
    this.#changes.set(tag, this.#now);
    return this.#now;
  }

  #tick(): void {
    this.#now = Math.max(this.#now + 1, Date.now() * 1000);
  }
}
