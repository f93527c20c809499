import type { SessionValues } from '../serializer/session-serializer.js';

/**
 * Remembers which keys one request changed, so that only those are written over what others wrote meanwhile.
 */
export class SessionChanges {
  readonly #set = new Map<string, unknown>();
  readonly #deleted = new Set<string>();
  #isClean = false;

  get isEmpty(): boolean {
    return !this.#isClean && this.#set.size === 0 && this.#deleted.size === 0;
  }

  set(key: string, value: unknown): void {
    this.#deleted.delete(key);
    this.#set.set(key, value);
  }

  delete(key: string): void {
    this.#set.delete(key);
    this.#deleted.add(key);
  }

  /** Drops everything that is stored, whoever wrote it. */
  clear(): void {
    this.#isClean = true;
    this.#set.clear();
    this.#deleted.clear();
  }

  /** Returns `stored` with the changes made to it; `stored` itself stays as it is. */
  applyTo(stored: SessionValues): SessionValues {
    const values = Object.create(null) as SessionValues;
    if (!this.#isClean) Object.assign(values, stored);
    for (const key of this.#deleted) delete values[key];
    for (const [key, value] of this.#set) values[key] = value;
    return values;
  }
}
