import { createHash } from 'node:crypto';
import { CacheBackend, type CacheEntry } from '../backends/backend.js';
import { NotAnIntegerError, StoreRefusedError } from '../errors.js';
import { StoredTags } from '../tags/stored-tags.js';
import type { TagStore } from '../tags/tag-store.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import { decodeOrMiss, expiryOf, stamp, unstamp, type Stamped } from '../values/stamped.js';
import type { ValueType } from '../values/value-type.js';
import type { MemcachedClient } from './memcached-client.js';
import { LINE_END, type MemcachedReply } from './memcached-connection.js';

/** Memcached takes longer times for moments since 1970. */
const LONGEST_TIME = 30 * 24 * 60 * 60;
const MAX_KEY = 250;
const MAX_ATTEMPTS = 1_000;

/** What is stored, and the number that Memcached gave this very value. */
interface Found extends Stamped {
  readonly cas: string;
}

/**
 * Values behind the moment at which they end, since Memcached counts in whole seconds.
 *
 * What reads and then writes does so with Memcached's own compare-and-swap, again until nobody came in between.
 */
export class MemcachedBackend extends CacheBackend {
  readonly tags: TagStore = new StoredTags(this);
  readonly #client: MemcachedClient;
  readonly #namespace: string;
  readonly #codec: ValueCodec;

  constructor(client: MemcachedClient, namespace: string, types: readonly ValueType[] = []) {
    super();
    this.#client = client;
    this.#namespace = namespace;
    this.#codec = new ValueCodec([...builtinTypes, ...types], this.meter);
  }

  override get coordinates(): boolean {
    return true;
  }

  async get(key: string): Promise<unknown> {
    return (await this.getEntry(key))?.value;
  }

  override async getEntry(key: string): Promise<CacheEntry | undefined> {
    return this.#entry(await this.#find(key));
  }

  override async getMany(keys: readonly string[]): Promise<unknown[]> {
    const replies = await this.#client.send(keys.map((key) => `mg ${this.#name(key)} b v\r\n`));
    return replies.map((reply) => this.#entry(unstamp(reply.data))?.value);
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    const [failed] = await this.setMany(new Map([[key, value]]), timeout);
    if (failed !== undefined) throw new StoreRefusedError('NS', `it did not store "${key}".`);
  }

  override async setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const expires = expiryOf(timeout);
    const commands = Array.from(entries, ([key, value]) =>
      this.#store(key, stamp(this.#codec.encode(value), expires), expires),
    );
    const replies = await this.#client.send(commands);
    return [...entries.keys()].filter((_, index) => replies[index]!.code !== 'HD');
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.compareAndSet(key, undefined, value, timeout);
  }

  async compareAndSet(
    key: string,
    expected: unknown,
    value: unknown,
    timeout: number | null,
  ): Promise<boolean> {
    const [before, after] = [expected, value].map((each) =>
      each === undefined ? undefined : Buffer.from(this.#codec.encode(each)),
    );
    const expires = expiryOf(timeout);
    return this.#changing(key, (found) => {
      if (found && before ? !found.payload.equals(before) : found !== before) return { answer: false };
      if (!before && !after) return { answer: true };
      return { answer: true, write: after ? stamp(after, expires) : null, expires };
    });
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    const expires = expiryOf(timeout);
    return this.#changing(key, (found) => {
      if (!found) return { answer: false };
      return { answer: true, write: stamp(found.payload, expires), expires };
    });
  }

  async delete(keys: readonly string[]): Promise<number> {
    const commands = keys.flatMap((key) => [`mg ${this.#name(key)} b v\r\n`, `md ${this.#name(key)} b\r\n`]);
    const replies = await this.#client.send(commands);
    return keys.filter(
      (_, index) => unstamp(replies[index * 2]!.data) && replies[index * 2 + 1]!.code === 'HD',
    ).length;
  }

  increment(key: string, delta: number): Promise<number | undefined> {
    return this.#changing<number | undefined>(key, (found) => {
      if (!found) return { answer: undefined };
      const value = decodeOrMiss(this.#codec, found.payload);
      if (!Number.isSafeInteger(value)) throw new NotAnIntegerError(key);
      const sum = (value as number) + delta;
      return { answer: sum, write: stamp(this.#codec.encode(sum), found.expires), expires: found.expires };
    });
  }

  async clear(): Promise<boolean> {
    await this.#client.send(['flush_all\r\n']);
    return true;
  }

  override close(): Promise<void> {
    return this.#client.close();
  }

  /** Reads, decides and writes, again when another came in between. `write: null` removes. */
  async #changing<T>(
    key: string,
    decide: (found: Found | undefined) => { answer: T; write?: Buffer | null; expires?: number | null },
  ): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const [reply] = await this.#client.send([`mg ${this.#name(key)} b v c\r\n`]);
      const cas = casOf(reply!);
      const found = unstamp(reply!.data);
      const { answer, write, expires = null } = decide(found && { ...found, cas: cas! });
      if (write === undefined) return answer;
      const command =
        write === null
          ? `md ${this.#name(key)} b C${cas}\r\n`
          : this.#store(key, write, expires, cas ? ` C${cas}` : ' ME');
      const [done] = await this.#client.send([command]);
      if (done!.code === 'HD') return answer;
    }
    throw new Error(`the entry "${key}" did not stand still for ${MAX_ATTEMPTS} attempts.`);
  }

  async #find(key: string): Promise<Stamped | undefined> {
    const [reply] = await this.#client.send([`mg ${this.#name(key)} b v\r\n`]);
    return unstamp(reply!.data);
  }

  #entry(found: Stamped | undefined): CacheEntry | undefined {
    const value = found && decodeOrMiss(this.#codec, found.payload);
    return value === undefined ? undefined : { value, expires: found!.expires };
  }

  #store(key: string, bytes: Buffer, expires: number | null, flags = ''): Buffer {
    const head = `ms ${this.#name(key)} ${bytes.length} b T${timeOf(expires)}${flags}\r\n`;
    return Buffer.concat([Buffer.from(head), bytes, LINE_END]);
  }

  /** In Base64, so that a key may have any characters; a long one by its digest. */
  #name(key: string): string {
    const name = Buffer.from(this.#namespace + key).toString('base64');
    if (name.length <= MAX_KEY) return name;
    return Buffer.from(`${this.#namespace}#${createHash('sha256').update(key).digest('hex')}`).toString(
      'base64',
    );
  }
}

/** The seconds after which Memcached may forget a value: never before it ends. */
function timeOf(expires: number | null): number {
  if (expires === null) return 0;
  const seconds = Math.ceil((expires - Date.now()) / 1000) + 1;
  return seconds > LONGEST_TIME ? Math.ceil(expires / 1000) + 1 : Math.max(1, seconds);
}

function casOf({ code, flags }: MemcachedReply): string | undefined {
  return code === 'VA' ? flags.find((flag) => flag.startsWith('c'))?.slice(1) : undefined;
}
