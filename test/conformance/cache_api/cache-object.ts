import type { Cache, CacheKey, Timeout } from '@nest-quintet/cache';
import { call, HostObject, iterate, native, toText, type Keywords, type Value } from '../python/index.js';

/** The arguments of a call, by the names of Django's parameters. */
interface Given {
  readonly key: CacheKey;
  readonly keys: CacheKey[];
  readonly data: ReadonlyMap<CacheKey, Value>;
  readonly value: Value;
  readonly default: Value;
  readonly delta: number | undefined;
  readonly timeout: Timeout | undefined;
  readonly version: { version?: number };
}

type Method = (cache: Cache, given: Given) => Promise<Value>;

/** Django's methods, with the names of their parameters, in our words. */
const methods: Readonly<Record<string, readonly [parameters: string, method: Method]>> = {
  get: ['key default version', (cache, given) => cache.get(given.key, given.default ?? null, given.version)],
  set: [
    'key value timeout version',
    (cache, { key, value, timeout, version }) => cache.set(key, value, timeout, version),
  ],
  add: [
    'key value timeout version',
    (cache, { key, value, timeout, version }) => cache.add(key, value, timeout, version),
  ],
  get_or_set: ['key default timeout version', getOrSet],
  touch: ['key timeout version', (cache, { key, timeout, version }) => cache.touch(key, timeout, version)],
  get_many: ['keys version', (cache, { keys, version }) => cache.getMany(keys, version)],
  set_many: [
    'data timeout version',
    (cache, { data, timeout, version }) => cache.setMany(data, timeout, version),
  ],
  delete: ['key version', (cache, { key, version }) => cache.delete(key, version)],
  delete_many: ['keys version', (cache, { keys, version }) => cache.deleteMany(keys, version)],
  has_key: ['key version', (cache, { key, version }) => cache.has(key, version)],
  incr: ['key delta version', (cache, { key, delta, version }) => cache.incr(key, delta, version)],
  decr: ['key delta version', (cache, { key, delta, version }) => cache.decr(key, delta, version)],
  incr_version: [
    'key delta version',
    (cache, { key, delta, version }) => cache.incrVersion(key, delta, version),
  ],
  decr_version: [
    'key delta version',
    (cache, { key, delta, version }) => cache.decrVersion(key, delta, version),
  ],
  make_key: ['key version', async (cache, { key, version }) => cache.makeKey(key, version.version)],
  clear: ['', (cache) => cache.clear()],
  close: ['', (cache) => cache.close()],
};

function getOrSet(cache: Cache, given: Given): Promise<Value> {
  const { key, default: value, timeout, version } = given;
  const factory = value instanceof HostObject ? () => call(value, [], {}) : () => value;
  return cache.getOrSet(key, value === undefined ? (undefined as never) : factory, timeout, version);
}

/** A cache as the interpreted program sees it. */
export class CacheObject extends HostObject {
  readonly typeName = 'Cache';

  constructor(private readonly cache: Cache) {
    super();
  }

  override getAttribute(name: string): Value {
    const [parameters, method] = methods[name] ?? methods[name.replace(/^a/, '')] ?? [];
    if (parameters === undefined || method === undefined) return undefined;
    return native(name, async (args, keywords) => {
      const result = await method(this.cache, await read(parameters.split(' '), args, keywords));
      return result ?? null;
    });
  }

  override async contains(key: Value): Promise<boolean> {
    return this.cache.has(await keyOf(key));
  }
}

async function read(
  parameters: readonly string[],
  args: readonly Value[],
  keywords: Keywords,
): Promise<Given> {
  const values: Record<string, Value> = { ...keywords };
  for (const [index, value] of args.entries()) values[parameters[index]!] = value;
  const { key, keys, data, timeout, version } = values;
  return {
    ...(values as unknown as Given),
    key: await keyOf(key),
    keys: await Promise.all(Array.from(keys === undefined ? [] : await iterate(keys), keyOf)),
    data: data as ReadonlyMap<CacheKey, Value>,
    // A bool is a number in Python.
    timeout: (typeof timeout === 'boolean' ? Number(timeout) : timeout) as Timeout | undefined,
    version: version === undefined || version === null ? {} : { version: version as number },
  };
}

async function keyOf(key: Value): Promise<CacheKey> {
  return typeof key === 'number' ? key : toText(key);
}
