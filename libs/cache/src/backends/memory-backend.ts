import { NotAnIntegerError } from '../errors.js';
import { MemoryTags } from '../tags/memory-tags.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import { copyKept, copyValue } from '../values/copy-value.js';
import { roughSize } from '../values/rough-size.js';
import type { ValueType } from '../values/value-type.js';
import { CacheBackend, type CacheEntry, type LocalStore } from './backend.js';
import { RecencyMap, type RecencyNode } from './recency-map.js';

interface Entry {
  value: unknown;
  /** Milliseconds since 1970 from which on the entry is gone. */
  expires: number;
  /** About how many bytes it takes; 0 where nobody wants to know. */
  size: number;
}

export interface MemoryBackendOptions {
  maxEntries: number;
  maxBytes?: number;
  cullFrequency?: number;
  types?: readonly ValueType[];
}

/** Entries in the order of use: when there is no more room, what was not used for the longest time goes. */
export class MemoryBackend extends CacheBackend implements LocalStore {
  readonly tags = new MemoryTags();
  readonly #entries = new RecencyMap<Entry>();
  readonly #options: MemoryBackendOptions;
  readonly #types: readonly ValueType[];
  readonly #codec: ValueCodec;
  #bytes = 0;

  constructor(options: MemoryBackendOptions) {
    super();
    this.#options = options;
    this.#types = [...builtinTypes, ...(options.types ?? [])];
    this.#codec = new ValueCodec(this.#types);
  }

  override get local(): LocalStore {
    return this;
  }

  getNow(key: string): unknown {
    return copyKept(this.peek(key), this.#types);
  }

  setNow(key: string, value: unknown, timeout: number | null): boolean {
    return this.#put(key, copyValue(value, this.#types), expiryOf(timeout));
  }

  async get(key: string): Promise<unknown> {
    return this.getNow(key);
  }

  override peek(key: string): unknown {
    const node = this.#find(key);
    if (!node) return undefined;
    this.#entries.use(node);
    return node.value.value;
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    const value = this.getNow(key);
    if (value === undefined) return undefined;
    const { expires } = this.#entries.find(key)!.value;
    return { value, expires: expires === Infinity ? null : expires };
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    this.setNow(key, value, timeout);
  }

  async add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#find(key) === undefined && this.setNow(key, value, timeout);
  }

  async compareAndSet(
    key: string,
    expected: unknown,
    value: unknown,
    timeout: number | null,
  ): Promise<boolean> {
    const node = this.#find(key);
    if (!this.#isSame(node?.value.value, expected)) return false;
    if (value !== undefined) return this.setNow(key, value, timeout);
    if (node) this.#remove(node);
    return true;
  }

  async touch(key: string, timeout: number | null): Promise<boolean> {
    const node = this.#find(key);
    if (node) node.value.expires = expiryOf(timeout);
    return node !== undefined;
  }

  async delete(keys: readonly string[]): Promise<number> {
    let count = 0;
    for (const key of keys) {
      const node = this.#find(key);
      if (!node) continue;
      this.#remove(node);
      count++;
    }
    return count;
  }

  async increment(key: string, delta: number): Promise<number | undefined> {
    const entry = this.#find(key)?.value;
    if (!entry) return undefined;
    if (!Number.isSafeInteger(entry.value)) throw new NotAnIntegerError(key);
    entry.value = (entry.value as number) + delta;
    return entry.value as number;
  }

  async clear(): Promise<boolean> {
    this.#entries.clear();
    this.#bytes = 0;
    return true;
  }

  /** Copies everything before it stores anything, so that a value that cannot be cached stores none. */
  override async setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const copies = Array.from(entries, ([key, value]) => [key, copyValue(value, this.#types)] as const);
    const expires = expiryOf(timeout);
    return copies.filter(([key, value]) => !this.#put(key, value, expires)).map(([key]) => key);
  }

  /** Compares as every store does: by what would be written. */
  #isSame(stored: unknown, expected: unknown): boolean {
    if (stored === undefined || expected === undefined) return stored === expected;
    return this.#codec.encodeText(stored) === this.#codec.encodeText(expected);
  }

  #find(key: string): RecencyNode<Entry> | undefined {
    const node = this.#entries.find(key);
    if (!node || node.value.expires > Date.now()) return node;
    this.#remove(node);
    return undefined;
  }

  /** Tells whether the value was stored: one that alone is larger than the cache is not. */
  #put(key: string, value: unknown, expires: number): boolean {
    const { maxEntries, maxBytes, cullFrequency } = this.#options;
    // As Django, who culls a part of a full cache whatever comes; one at a time only a newcomer needs room.
    if (cullFrequency !== undefined && this.#entries.size >= maxEntries) this.#cull();
    const size = maxBytes === undefined ? 0 : roughSize(value) + key.length;
    const node = this.#entries.find(key);
    if (maxBytes !== undefined && size > maxBytes) {
      if (node) this.#remove(node);
      return false;
    }
    this.#bytes += size - (node?.value.size ?? 0);
    if (node) {
      node.value = { value, expires, size };
      this.#entries.use(node);
    } else {
      if (this.#entries.size >= maxEntries) this.#cull();
      this.#entries.add(key, { value, expires, size });
    }
    if (maxBytes !== undefined) while (this.#bytes > maxBytes) this.#remove(this.#entries.oldest!);
    return true;
  }

  #remove(node: RecencyNode<Entry>): void {
    this.#bytes -= node.value.size;
    this.#entries.remove(node);
  }

  #cull(): void {
    const { cullFrequency } = this.#options;
    const size = this.#entries.size;
    let count =
      cullFrequency === undefined ? 1 : cullFrequency === 0 ? size : Math.floor(size / cullFrequency);
    for (let node = this.#entries.oldest; node && count > 0; node = this.#entries.oldest, count--) {
      this.#remove(node);
    }
  }
}

function expiryOf(timeout: number | null): number {
  return timeout === null ? Infinity : Date.now() + timeout;
}
