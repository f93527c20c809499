import { NotAnIntegerError } from '../errors.js';
import { MemoryTags } from '../tags/memory-tags.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import { copyValue } from '../values/copy-value.js';
import type { ValueType } from '../values/value-type.js';
import { CacheBackend, type CacheEntry } from './backend.js';

interface Entry {
  value: unknown;
  /** Milliseconds since 1970 from which on the entry is gone. */
  expires: number;
}

export interface MemoryBackendOptions {
  maxEntries: number;
  cullFrequency?: number;
  types?: readonly ValueType[];
}

/** A map in the order of use: whatever is read or written moves to its end, whatever must go leaves from its start. */
export class MemoryBackend extends CacheBackend {
  readonly tags = new MemoryTags();
  readonly #entries = new Map<string, Entry>();
  readonly #options: MemoryBackendOptions;
  readonly #types: readonly ValueType[];
  readonly #codec: ValueCodec;

  constructor(options: MemoryBackendOptions) {
    super();
    this.#options = options;
    this.#types = [...builtinTypes, ...(options.types ?? [])];
    this.#codec = new ValueCodec(this.#types);
  }

  async get(key: string): Promise<unknown> {
    return copyValue(this.peek(key), this.#types);
  }

  override peek(key: string): unknown {
    const entry = this.#find(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    const value = await this.get(key);
    if (value === undefined) return undefined;
    const { expires } = this.#entries.get(key)!;
    return { value, expires: expires === Infinity ? null : expires };
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    this.#put(key, copyValue(value, this.#types), timeout);
  }

  async add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    if (this.#find(key)) return false;
    this.#put(key, copyValue(value, this.#types), timeout);
    return true;
  }

  async compareAndSet(
    key: string,
    expected: unknown,
    value: unknown,
    timeout: number | null,
  ): Promise<boolean> {
    const entry = this.#find(key);
    if (!this.#isSame(entry?.value, expected)) return false;
    if (value !== undefined) this.#put(key, copyValue(value, this.#types), timeout);
    else this.#entries.delete(key);
    return true;
  }

  async touch(key: string, timeout: number | null): Promise<boolean> {
    const entry = this.#find(key);
    if (entry) entry.expires = expiry(timeout);
    return entry !== undefined;
  }

  async delete(keys: readonly string[]): Promise<number> {
    let count = 0;
    for (const key of keys) {
      if (this.#find(key)) count++;
      this.#entries.delete(key);
    }
    return count;
  }

  async increment(key: string, delta: number): Promise<number | undefined> {
    const entry = this.#find(key);
    if (!entry) return undefined;
    if (!Number.isSafeInteger(entry.value)) throw new NotAnIntegerError(key);
    entry.value = (entry.value as number) + delta;
    return entry.value as number;
  }

  async clear(): Promise<boolean> {
    this.#entries.clear();
    return true;
  }

  /** Copies everything before it stores anything, so that a value that cannot be cached stores none. */
  override async setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const copies = Array.from(entries, ([key, value]) => [key, copyValue(value, this.#types)] as const);
    for (const [key, value] of copies) this.#put(key, value, timeout);
    return [];
  }

  /** Compares as every store does: by what would be written. */
  #isSame(stored: unknown, expected: unknown): boolean {
    if (stored === undefined || expected === undefined) return stored === expected;
    return this.#codec.encodeText(stored) === this.#codec.encodeText(expected);
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.expires > Date.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #put(key: string, value: unknown, timeout: number | null): void {
    const { maxEntries, cullFrequency } = this.#options;
    // As Django, who culls a part of a full cache whatever comes; one at a time only a newcomer needs room.
    if (cullFrequency !== undefined && this.#entries.size >= maxEntries) this.#cull();
    if (!this.#entries.delete(key) && this.#entries.size >= maxEntries) this.#cull();
    this.#entries.set(key, { value, expires: expiry(timeout) });
  }

  #cull(): void {
    const { cullFrequency } = this.#options;
    const size = this.#entries.size;
    let count =
      cullFrequency === undefined ? 1 : cullFrequency === 0 ? size : Math.floor(size / cullFrequency);
    for (const key of this.#entries.keys()) {
      if (count-- <= 0) break;
      this.#entries.delete(key);
    }
  }
}

function expiry(timeout: number | null): number {
  return timeout === null ? Infinity : Date.now() + timeout;
}
