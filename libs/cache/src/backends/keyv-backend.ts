import type { Keyv } from 'keyv';
import { NotAnIntegerError, StoreRefusedError } from '../errors.js';
import { StoredTags } from '../tags/stored-tags.js';
import type { TagStore } from '../tags/tag-store.js';
import { builtinTypes } from '../values/builtin-types.js';
import { ValueCodec } from '../values/codec.js';
import type { ValueType } from '../values/value-type.js';
import { CacheBackend } from './backend.js';

/** Values as text in a Keyv store; operations that read and then write take turns within this process. */
export class KeyvBackend extends CacheBackend {
  readonly tags: TagStore = new StoredTags(this);
  readonly #keyv: Keyv<string>;
  readonly #codec: ValueCodec;
  #last: Promise<unknown> = Promise.resolve();

  constructor(keyv: Keyv<string>, types: readonly ValueType[] = []) {
    super();
    this.#keyv = keyv;
    // Whatever matters of it is thrown as well; without a listener the event would end the process.
    keyv.on('error', () => undefined);
    this.#codec = new ValueCodec([...builtinTypes, ...types]);
  }

  async get(key: string): Promise<unknown> {
    return this.#decode(await this.#keyv.get(key));
  }

  override async getMany(keys: readonly string[]): Promise<unknown[]> {
    const found = await this.#keyv.getMany([...keys]);
    return found.map((text) => this.#decode(text));
  }

  async set(key: string, value: unknown, timeout: number | null): Promise<void> {
    const text = this.#codec.encodeText(value);
    await this.#inTurn(() => this.#write(key, text, timeout));
  }

  add(key: string, value: unknown, timeout: number | null): Promise<boolean> {
    return this.#inTurn(async () => {
      if ((await this.get(key)) !== undefined) return false;
      await this.#write(key, this.#codec.encodeText(value), timeout);
      return true;
    });
  }

  compareAndSet(key: string, expected: unknown, value: unknown, timeout: number | null): Promise<boolean> {
    const [before, after] = [expected, value].map((each) =>
      each === undefined ? undefined : this.#codec.encodeText(each),
    );
    return this.#inTurn(async () => {
      if ((await this.#keyv.get(key)) !== before) return false;
      if (after !== undefined) await this.#write(key, after, timeout);
      else if (before !== undefined) await this.#keyv.delete(key);
      return true;
    });
  }

  touch(key: string, timeout: number | null): Promise<boolean> {
    return this.#inTurn(async () => {
      const text = await this.#keyv.get(key);
      if (text !== undefined) await this.#write(key, text, timeout);
      return text !== undefined;
    });
  }

  delete(keys: readonly string[]): Promise<number> {
    return this.#inTurn(async () => {
      const present = await this.#keyv.getMany([...keys]);
      await Promise.all(keys.map((key) => this.#keyv.delete(key)));
      return present.filter((text) => text !== undefined).length;
    });
  }

  increment(key: string, delta: number): Promise<number | undefined> {
    return this.#inTurn(async () => {
      const entry = await this.#keyv.getRaw(key);
      if (entry?.value === undefined) return undefined;
      const value = this.#decode(entry.value);
      if (!Number.isSafeInteger(value)) throw new NotAnIntegerError(key);
      const sum = (value as number) + delta;
      await this.#write(key, this.#codec.encodeText(sum), entry.expires ? entry.expires - Date.now() : null);
      return sum;
    });
  }

  async clear(): Promise<boolean> {
    await this.#keyv.clear();
    return true;
  }

  /** Whoever waits for a turn behind what hangs would wait for ever. A store that is closed may stay so: it is left open. */
  override async release(): Promise<void> {
    this.#last = Promise.resolve();
  }

  override async close(): Promise<void> {
    await this.#keyv.disconnect();
  }

  async #write(key: string, text: string, timeout: number | null): Promise<void> {
    if (await this.#keyv.set(key, text, timeout ?? undefined)) return;
    throw new StoreRefusedError('write', 'it did not take a value.');
  }

  /** Whatever was not written here is a miss. */
  #decode(text: string | undefined): unknown {
    if (text === undefined || text === null) return undefined;
    try {
      return this.#codec.decode(text);
    } catch {
      return undefined;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
