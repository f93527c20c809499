import { createHash } from 'node:crypto';
import { NotAnIntegerError } from '../errors.js';
import { StoredTags } from '../tags/stored-tags.js';
import type { TagStore } from '../tags/tag-store.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import { decodeOrMiss, expiryOf, stamp, unstamp, type Stamped } from '../values/stamped.js';
import type { ValueType } from '../values/value-type.js';
import { CacheBackend, type CacheEntry } from './backend.js';
import type { Culling } from './culling.js';
import type { FileStore } from './file-store.js';

/** One file for each entry, named by the digest of its key: no key can leave the folder. */
export class FileBackend extends CacheBackend {
  readonly tags: TagStore = new StoredTags(this);
  readonly #files: FileStore;
  readonly #culling: Culling;
  readonly #codec: ValueCodec;

  constructor(files: FileStore, culling: Culling, types: readonly ValueType[] = []) {
    super();
    this.#files = files;
    this.#culling = culling;
    this.#codec = new ValueCodec([...builtinTypes, ...types], this.meter);
  }

  override get coordinates(): boolean {
    return true;
  }

  async get(key: string): Promise<unknown> {
    return (await this.getEntry(key))?.value;
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    const found = await this.#find(fileOf(key));
    if (!found) return undefined;
    return { value: decodeOrMiss(this.#codec, found.payload), expires: found.expires };
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    const payload = this.#codec.encode(value);
    const file = fileOf(key);
    await this.#files.exclusively(file, () => this.#put(file, payload, expiryOf(timeout)));
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.compareAndSet(key, undefined, value, timeout);
  }

  compareAndSet(key: string, expected: unknown, value: unknown, timeout: number | null): Promise<boolean> {
    const [before, after] = [expected, value].map((each) =>
      each === undefined ? undefined : Buffer.from(this.#codec.encode(each)),
    );
    const file = fileOf(key);
    return this.#files.exclusively(file, async () => {
      const found = await this.#find(file);
      if (found && before ? !found.payload.equals(before) : found !== before) return false;
      if (after) await this.#put(file, after, expiryOf(timeout));
      else if (before) await this.#files.remove(file);
      return true;
    });
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    const file = fileOf(key);
    return this.#files.exclusively(file, async () => {
      const found = await this.#find(file);
      if (found) await this.#files.write(file, stamp(found.payload, expiryOf(timeout)));
      return found !== undefined;
    });
  }

  async delete(keys: readonly string[]): Promise<number> {
    const removed = await Promise.all(
      keys.map(fileOf).map((file) =>
        this.#files.exclusively(file, async () => {
          const found = await this.#find(file);
          await this.#files.remove(file);
          return found !== undefined;
        }),
      ),
    );
    return removed.filter(Boolean).length;
  }

  increment(key: string, delta: number): Promise<number | undefined> {
    const file = fileOf(key);
    return this.#files.exclusively(file, async () => {
      const found = await this.#find(file);
      if (!found) return undefined;
      const value = decodeOrMiss(this.#codec, found.payload);
      if (!Number.isSafeInteger(value)) throw new NotAnIntegerError(key);
      const sum = (value as number) + delta;
      await this.#files.write(file, stamp(this.#codec.encode(sum), found.expires));
      return sum;
    });
  }

  async clear(): Promise<boolean> {
    for (const file of await this.#files.list()) await this.#files.remove(file);
    return true;
  }

  async #find(file: string): Promise<Stamped | undefined> {
    return unstamp(await this.#files.read(file));
  }

  async #put(file: string, payload: Uint8Array | string, expires: number | null): Promise<void> {
    if (this.#culling.isDue()) await this.#cull(file);
    await this.#files.write(file, stamp(payload, expires));
  }

  /** Makes room for one more: first what has ended goes, then, if that was not enough, any part of the rest. */
  async #cull(newcomer: string): Promise<void> {
    const files = await this.#files.list();
    if (files.length < this.#culling.maxEntries || files.includes(newcomer)) return;
    const living: string[] = [];
    for (const file of files) {
      if (await this.#find(file)) living.push(file);
      else await this.#files.remove(file);
    }
    if (living.length < this.#culling.maxEntries) return;
    for (const file of living.slice(0, this.#culling.excess(living.length))) await this.#files.remove(file);
  }
}

function fileOf(key: string): string {
  return `${createHash('sha256').update(key).digest('hex')}.entry`;
}
