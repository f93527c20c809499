import type { SessionValues } from '../serializer/session-serializer.js';

/**
 * Remembers which keys one request changed, so that only those are written over what others wrote meanwhile.
 */
export class SessionChanges {
  // Made when there is something to remember: most requests only read.
  #set: Map<string, unknown> | undefined;
  #deleted: Set<string> | undefined;
  #isClean = false;

  get isEmpty(): boolean {
    return !this.#isClean && !this.#set?.size && !this.#deleted?.size;
  }

  set(key: string, value: unknown): void {
    this.#deleted?.delete(key);
    (this.#set ??= new Map()).set(key, value);
  }

  delete(key: string): void {
    this.#set?.delete(key);
    (this.#deleted ??= new Set()).add(key);
  }

  /** Drops everything that is stored, whoever wrote it. */
  clear(): void {
    this.#isClean = true;
    this.#set = this.#deleted = undefined;
  }

  /** Returns `stored` with the changes made to it; `stored` itself stays as it is. */
  applyTo(stored: SessionValues): SessionValues {
    const values = Object.create(null) as SessionValues;
    if (!this.#isClean) Object.assign(values, stored);
    if (this.#deleted) for (const key of this.#deleted) delete values[key];
    if (this.#set) for (const [key, value] of this.#set) values[key] = value;
    return values;
  }
}
