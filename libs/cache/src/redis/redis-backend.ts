import { CacheBackend, type CacheEntry } from '../backends/backend.js';
import type { CacheBus } from '../backends/cache-bus.js';
import { NotAnIntegerError, StoreRefusedError } from '../errors.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import type { ValueType } from '../values/value-type.js';
import type { RedisClient, RedisConnection } from './redis-connection.js';
import { RedisBus } from './redis-bus.js';
import { RedisTags } from './redis-tags.js';

const SCAN_COUNT = 1_000;

/** Values as JSON, or JSON and bytes, in Redis strings; what must be atomic is one command or one script. */
export class RedisBackend extends CacheBackend {
  readonly tags: RedisTags;
  readonly #connection: RedisConnection;
  readonly #namespace: string;
  readonly #codec: ValueCodec;
  readonly #limit: number;

  /** @param limit The milliseconds that an operation may take. */
  constructor(
    connection: RedisConnection,
    namespace: string,
    limit: number,
    types: readonly ValueType[] = [],
  ) {
    super();
    this.#limit = limit;
    this.#connection = connection;
    this.#namespace = namespace;
    this.#codec = new ValueCodec([...builtinTypes, ...types], this.meter);
    this.tags = new RedisTags(connection, `${namespace}tags`);
  }

  override get coordinates(): boolean {
    return true;
  }

  override openBus(): CacheBus {
    return new RedisBus(this.#connection, `${this.#namespace}bus`, this.#limit);
  }

  get(key: string): Promise<unknown> {
    return this.#connection.run(async (client) => this.#decode(await client.get(this.#name(key))));
  }

  override getEntry(key: string): Promise<CacheEntry | undefined> {
    const name = this.#name(key);
    return this.#connection.run(async (client) => {
      // Sent in one tick, they travel together; what ended in between has -2 left.
      const [stored, left] = await Promise.all([client.get(name), client.pTTL(name)]);
      const value = this.#decode(stored);
      if (value === undefined) return undefined;
      return { value, expires: left === -1 ? null : Date.now() + Math.max(0, left) };
    });
  }

  override async getMany(keys: readonly string[]): Promise<unknown[]> {
    return this.#codec.decodeMany(await this.#connection.readMany(keys.map((key) => this.#name(key))));
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    await this.setMany(new Map([[key, value]]), timeout);
  }

  /** Commands sent in the same tick travel together. */
  override setMany(entries: ReadonlyMap<string, unknown>, timeout: number | null): Promise<string[]> {
    const encoded = Array.from(
      entries,
      ([key, value]) => [this.#name(key), this.#codec.encode(value)] as const,
    );
    return this.#connection.run(async (client) => {
      await Promise.all(encoded.map(([name, value]) => client.set(name, value, expiration(timeout))));
      return [];
    });
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    const encoded = this.#codec.encode(value);
    return this.#connection.run(
      async (client) =>
        (await client.set(this.#name(key), encoded, { ...expiration(timeout), condition: 'NX' })) !== null,
    );
  }

  compareAndSet(key: string, expected: unknown, value: unknown, timeout: number | null): Promise<boolean> {
    const [before, after] = [expected, value].map((each) =>
      each === undefined ? undefined : this.#codec.encode(each),
    );
    return this.#connection.run((client) => client.compareAndSet(this.#name(key), before, after, timeout));
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    const name = this.#name(key);
    return this.#connection.run(async (client) => {
      if (timeout !== null) return (await client.pExpire(name, Math.ceil(timeout))) === 1;
      const [, exists] = await Promise.all([client.persist(name), client.exists(name)]);
      return exists === 1;
    });
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#connection.removeMany(keys.map((key) => this.#name(key)));
  }

  async increment(key: string, delta: number): Promise<number | undefined> {
    try {
      return await this.#connection.run(
        async (client) => (await client.increment(this.#name(key), delta)) ?? undefined,
      );
    } catch (error) {
      if (error instanceof StoreRefusedError && /not an integer|WRONGTYPE/.test(error.message)) {
        throw new NotAnIntegerError(key);
      }
      throw error;
    }
  }

  async clear(): Promise<boolean> {
    await this.#connection.eachServer((client) => this.#clear(client));
    return true;
  }

  override close(): Promise<void> {
    return this.#connection.close();
  }

  /** Removes what lies under the namespace, and nothing of others who share the database. */
  async #clear(client: RedisClient): Promise<void> {
    const pattern = `${this.#namespace.replace(/[\\*?[\]]/g, '\\$&')}*`;
    // The iterator knows its end by a cursor in text, not in bytes.
    for await (const names of client
      .withTypeMapping({})
      .scanIterator({ MATCH: pattern, COUNT: SCAN_COUNT })) {
      const entries = names.filter((name) => name !== this.tags.name);
      if (entries.length > 0) await this.#connection.removeMany(entries);
    }
  }

  #name(key: string): string {
    return this.#namespace + key;
  }

  /** Whatever was not written here is a miss. */
  #decode(stored: Buffer | null): unknown {
    if (stored === null) return undefined;
    try {
      return this.#codec.decode(stored);
    } catch {
      return undefined;
    }
  }
}

function expiration(timeout: number | null) {
  return timeout === null ? {} : ({ expiration: { type: 'PX', value: Math.ceil(timeout) } } as const);
}
