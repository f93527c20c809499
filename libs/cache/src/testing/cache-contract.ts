import assert from 'node:assert/strict';
import type { Cache } from '../cache.js';
import { MissingCacheKeyError, NotAnIntegerError, UncacheableValueError } from '../errors.js';

/** What one case of the contract works with. */
export interface CacheContractFixture {
  /** An empty cache with default options. */
  readonly cache: Cache;
  /** Moves the cache's clock forward, or waits, where the clock is a server's. */
  readonly advance: (seconds: number) => Promise<void>;
}

/** What a cache can do, where it is not what all do. */
export interface CacheCapabilities {
  /** Whether it keeps anything at all. Default `true`. */
  readonly stores?: boolean;
}

/** One sentence of the contract and the code that proves it. */
export interface CacheContractCase {
  readonly name: string;
  run(fixture: CacheContractFixture): Promise<void>;
}

type Cases = Record<string, (fixture: CacheContractFixture) => Promise<void>>;

/** What holds for a cache that stores nothing as well. */
const always: Cases = {
  'returns the fallback for what is not stored': async ({ cache }) => {
    assert.equal(await cache.get('k'), undefined);
    assert.equal(await cache.get('k', 'fallback'), 'fallback');
  },
  'does not store what is over before it begins': async ({ cache }) => {
    for (const timeout of [0, -5]) {
      await cache.set('k', 1);
      await cache.set('k', 2, timeout);
      assert.equal(await cache.has('k'), false);
      await cache.setMany({ k: 1 }, timeout);
      assert.equal(await cache.has('k'), false);
      assert.equal(await cache.add('k', 1, timeout), true);
      assert.equal(await cache.getOrSet('k', () => 3, timeout), 3);
      assert.equal(await cache.has('k'), false);
    }
  },
  'computes once for concurrent callers': async ({ cache }) => {
    let calls = 0;
    const results = await Promise.all(
      Array.from({ length: 50 }, () => cache.getOrSet('k', async () => ++calls)),
    );
    assert.deepEqual(new Set(results), new Set([1]));
  },
  'stores nothing when the computation fails': async ({ cache }) => {
    await assert.rejects(
      cache.getOrSet('k', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await cache.getOrSet('k', () => 2), 2);
  },
  'does not bring back what was deleted meanwhile': async ({ cache }) => {
    await cache.getOrSet('k', async () => {
      await cache.delete('k');
      return 'old';
    });
    assert.equal(await cache.has('k'), false);
  },
  'never serves what was computed while its tag changed': async ({ cache }) => {
    await cache.getOrSet(
      'k',
      async () => {
        await cache.invalidateTags('x');
        return 'old';
      },
      undefined,
      { tags: ['x'] },
    );
    assert.equal(await cache.get('k'), undefined);
    const asOf = await cache.moment();
    await cache.invalidateTags('x');
    await cache.set('k', 'old', undefined, { tags: ['x'], asOf });
    assert.equal(await cache.get('k'), undefined);
  },
  'invalidates through every version and prefix': async ({ cache }) => {
    await cache
      .withPrefix('p')
      .withVersion(3)
      .set('k', 1, undefined, { tags: ['x'] });
    await cache.invalidateTags('x');
    assert.equal(await cache.withPrefix('p').withVersion(3).has('k'), false);
  },
};

const nothing: Cases = {
  'stores nothing, and otherwise answers as a cache': async ({ cache }) => {
    await cache.set('k', 1);
    assert.deepEqual(await cache.setMany({ a: 1, b: 2 }), []);
    assert.equal(await cache.add('k', 1), true);
    assert.equal(await cache.add('k', 2), true);
    assert.equal(await cache.get('k', 'fallback'), 'fallback');
    assert.equal(await cache.has('k'), false);
    assert.equal((await cache.getMany(['k', 'a', 'b'])).size, 0);
    assert.equal(await cache.touch('k', 10), false);
    assert.equal(await cache.delete('k'), false);
    assert.equal(await cache.compareAndSet('k', 1, 2), false);
    await assert.rejects(cache.incr('k'), MissingCacheKeyError);
    await assert.rejects(cache.incrVersion('k'), MissingCacheKeyError);
    await assert.rejects(cache.set('k', undefined), UncacheableValueError);
    assert.equal(await cache.clear(), true);
  },
  'computes every time': async ({ cache }) => {
    assert.equal(await cache.getOrSet('k', () => 1, null, { tags: ['x'], grace: '1h' }), 1);
    assert.equal(await cache.getOrSet('k', () => 2, null, { tags: ['x'], grace: '1h' }), 2);
  },
};

const values: Cases = {
  'returns what was stored': async ({ cache }) => {
    const value = { a: [1, null, 'é', true, 1.5], b: { c: {} } };
    await cache.set('k', value);
    assert.deepEqual(await cache.get('k'), value);
  },
  'takes a stored null for a value': async ({ cache }) => {
    await cache.set('k', null);
    assert.equal(await cache.get('k', 'fallback'), null);
    assert.equal(await cache.has('k'), true);
    assert.equal(await cache.add('k', 1), false);
  },
  'brings back dates, maps, sets, bytes, bigints and odd numbers': async ({ cache }) => {
    const value = {
      date: new Date(1e12),
      map: new Map<unknown, unknown>([['a', new Set([1n, 'b'])]]),
      bytes: Buffer.from([0, 255, 10]),
      array: Uint8Array.of(1, 2, 3),
      odd: [Infinity, -Infinity, NaN, undefined],
      $: 'dollar',
    };
    await cache.set('k', value);
    assert.deepEqual(await cache.get('k'), value);
  },
  'keeps a property named __proto__ a property': async ({ cache }) => {
    await cache.set('k', JSON.parse('{"__proto__": {"admin": true}}'));
    const value = (await cache.get<Record<string, unknown>>('k'))!;
    assert.equal(value.admin, undefined);
    assert.deepEqual(Object.keys(value), ['__proto__']);
  },
  'leaves out what is named by a symbol': async ({ cache }) => {
    await cache.set('k', { a: 1, [Symbol('s')]: { b: 2 } });
    assert.deepEqual(Reflect.ownKeys((await cache.get<object>('k'))!), ['a']);
  },
  'is not changed by what callers do to their values': async ({ cache }) => {
    const mine = { list: [1] };
    await cache.set('k', mine);
    mine.list.push(2);
    const theirs = (await cache.get<typeof mine>('k'))!;
    theirs.list.push(3);
    assert.deepEqual(await cache.get('k'), { list: [1] });
  },
  'refuses functions, symbols, circular data, unknown classes and undefined': async ({ cache }) => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    class Unknown {}
    for (const value of [() => 1, Symbol('s'), circle, { deep: [new Unknown()] }, undefined]) {
      await assert.rejects(cache.set('k', value), UncacheableValueError);
    }
    assert.equal(await cache.has('k'), false);
  },
};

const keys: Cases = {
  'takes numbers, the empty text and any alphabet for keys': async ({ cache }) => {
    await cache.set(5, 'five');
    assert.equal(await cache.get('5'), 'five');
    for (const key of ['', 'ключ-日本', 'a:b', '*', '[x]', '../etc']) {
      await cache.set(key, key);
      assert.equal(await cache.get(key), key);
    }
  },
  'keeps versions apart': async ({ cache }) => {
    await cache.set('k', 'two', undefined, { version: 2 });
    assert.equal(await cache.get('k'), undefined);
    assert.equal(await cache.get('k', undefined, { version: 2 }), 'two');
    assert.equal(await cache.withVersion(2).get('k'), 'two');
    assert.equal(await cache.delete('k'), false);
    assert.equal(await cache.delete('k', { version: 2 }), true);
  },
  'keeps prefixes apart': async ({ cache }) => {
    await cache.withPrefix('a').set('k', 1);
    assert.equal(await cache.withPrefix('b').get('k'), undefined);
    assert.equal(await cache.withPrefix('a').get('k'), 1);
  },
  'moves an entry to another version': async ({ cache }) => {
    await cache.set('k', 'v');
    assert.equal(await cache.incrVersion('k'), 2);
    assert.equal(await cache.get('k'), undefined);
    assert.equal(await cache.decrVersion('k', 1, { version: 2 }), 1);
    assert.equal(await cache.get('k'), 'v');
    await assert.rejects(cache.incrVersion('nope'), MissingCacheKeyError);
  },
};

const writing: Cases = {
  'adds only where there is nothing': async ({ cache }) => {
    assert.equal(await cache.add('k', 1), true);
    assert.equal(await cache.add('k', 2), false);
    assert.equal(await cache.get('k'), 1);
  },
  'adds once for concurrent callers': async ({ cache }) => {
    const added = await Promise.all(Array.from({ length: 20 }, (_, index) => cache.add('k', index)));
    assert.equal(added.filter(Boolean).length, 1);
  },
  'replaces what is still as expected, and nothing else': async ({ cache }) => {
    const [one, two] = [
      { n: 1, bytes: Buffer.from([0, 255]) },
      { n: 2, at: new Date(1e12) },
    ];
    assert.equal(await cache.compareAndSet('k', one, two), false);
    assert.equal(await cache.has('k'), false);
    assert.equal(await cache.compareAndSet('k', undefined, one), true);
    assert.equal(await cache.compareAndSet('k', undefined, two), false);
    assert.equal(await cache.compareAndSet('k', two, two), false);
    assert.deepEqual(await cache.get('k'), one);
    assert.equal(await cache.compareAndSet('k', one, two), true);
    assert.deepEqual(await cache.get('k'), two);
    assert.equal(await cache.compareAndDelete('k', one), false);
    assert.equal(await cache.compareAndDelete('k', two), true);
    assert.equal(await cache.has('k'), false);
    await cache.set('null', null);
    assert.equal(await cache.compareAndSet('null', undefined, 1), false);
    assert.equal(await cache.compareAndSet('null', null, 1), true);
    await assert.rejects(cache.compareAndSet('k', 1, undefined), UncacheableValueError);
  },
  'replaces once for concurrent callers': async ({ cache }) => {
    await cache.set('k', 'old');
    const replaced = await Promise.all(
      Array.from({ length: 20 }, (_, index) => cache.compareAndSet('k', 'old', index)),
    );
    assert.equal(replaced.filter(Boolean).length, 1);
    assert.equal(await cache.get('k'), replaced.indexOf(true));
  },
  'says whether there was something to delete': async ({ cache }) => {
    await cache.set('k', 1);
    assert.equal(await cache.delete('k'), true);
    assert.equal(await cache.delete('k'), false);
  },
  'reads, stores and deletes many keys at once': async ({ cache }) => {
    assert.deepEqual(await cache.setMany({ a: 1, b: null }), []);
    assert.deepEqual(await cache.setMany(new Map([[7, 'seven']])), []);
    assert.deepEqual(await cache.getMany(['a', 'b', 'c']), new Map<string, unknown>([['a', 1], ['b', null]])); // prettier-ignore
    assert.deepEqual(await cache.getMany([7]), new Map([[7, 'seven']]));
    assert.deepEqual(await cache.getMany([]), new Map());
    await cache.deleteMany(['a', 'zz', 7]);
    assert.deepEqual(await cache.getMany(['a', 'b']), new Map([['b', null]]));
  },
  'counts in whole numbers': async ({ cache }) => {
    await cache.set('n', 10);
    assert.equal(await cache.incr('n'), 11);
    assert.equal(await cache.incr('n', 5), 16);
    assert.equal(await cache.decr('n', 20), -4);
    assert.equal(await cache.get('n'), -4);
    await assert.rejects(cache.incr('nope'), MissingCacheKeyError);
    for (const value of ['5', 1.5, null, { n: 1 }]) {
      await cache.set('n', value);
      await assert.rejects(cache.incr('n'), NotAnIntegerError);
    }
  },
  'loses no count of concurrent callers': async ({ cache }) => {
    await cache.set('n', 0);
    await Promise.all(Array.from({ length: 50 }, () => cache.incr('n')));
    assert.equal(await cache.get('n'), 50);
  },
  'removes everything, other prefixes and versions included': async ({ cache }) => {
    await cache.set('k', 1);
    await cache.set('k', 2, null, { version: 9 });
    await cache.withPrefix('other').set('k', 3);
    assert.equal(await cache.clear(), true);
    assert.equal(await cache.has('k'), false);
    assert.equal(await cache.has('k', { version: 9 }), false);
    assert.equal(await cache.withPrefix('other').has('k'), false);
  },
};

const time: Cases = {
  'forgets after the timeout': async ({ cache, advance }) => {
    await cache.set('k', 1, 0.1);
    await cache.setMany({ a: 1 }, '100ms');
    await cache.add('b', 1, 0.1);
    assert.equal((await cache.getMany(['k', 'a', 'b'])).size, 3);
    await advance(0.15);
    assert.equal((await cache.getMany(['k', 'a', 'b'])).size, 0);
    assert.equal(await cache.has('k'), false);
    assert.equal(await cache.delete('k'), false);
    assert.equal(await cache.touch('k', 10), false);
    await assert.rejects(cache.incr('a'), MissingCacheKeyError);
    assert.equal(await cache.add('b', 2), true);
  },
  'forgets what replaced something after its timeout': async ({ cache, advance }) => {
    await cache.set('k', 1);
    assert.equal(await cache.compareAndSet('k', 1, 2, 0.1), true);
    assert.equal(await cache.compareAndSet('k', 2, 3, 0.1), true);
    await advance(0.15);
    assert.equal(await cache.compareAndSet('k', 3, 4), false);
    assert.equal(await cache.compareAndSet('k', undefined, 5, null), true);
    assert.equal(await cache.compareAndSet('k', 5, 6, 0), true);
    assert.equal(await cache.has('k'), false);
  },
  'gives an entry a new timeout': async ({ cache, advance }) => {
    await cache.set('longer', 1, 0.1);
    await cache.set('forever', 1, 0.1);
    await cache.set('over', 1);
    assert.equal(await cache.touch('longer', 10), true);
    assert.equal(await cache.touch('forever', null), true);
    assert.equal(await cache.touch('over', 0), true);
    assert.equal(await cache.touch('nope', 10), false);
    await advance(0.15);
    assert.deepEqual([...(await cache.getMany(['longer', 'forever', 'over'])).keys()], ['longer', 'forever']);
  },
  'keeps the timeout of what it counts': async ({ cache, advance }) => {
    await cache.set('n', 1, 0.1);
    await cache.incr('n');
    await advance(0.15);
    assert.equal(await cache.has('n'), false);
  },
};

const computing: Cases = {
  'computes on a miss only': async ({ cache }) => {
    const calls: string[] = [];
    const make = (value: string | null) => () => (calls.push(String(value)), value);
    assert.equal(await cache.getOrSet('k', make('v')), 'v');
    assert.equal(await cache.getOrSet('k', make('w')), 'v');
    assert.equal(await cache.getOrSet('null', make(null)), null);
    assert.equal(await cache.getOrSet('null', make('x')), null);
    assert.deepEqual(calls, ['v', 'null']);
  },
};

const tags: Cases = {
  'makes everything with a tag stale': async ({ cache }) => {
    await cache.set('a', 1, undefined, { tags: ['x', 'y'] });
    await cache.set('b', 2, null, { tags: ['y'] });
    await cache.getOrSet('c', () => 3, undefined, { tags: (value) => [`v${value}`] });
    await cache.set('d', 4);
    await cache.invalidateTags('x');
    assert.deepEqual([...(await cache.getMany(['a', 'b', 'c', 'd'])).keys()], ['b', 'c', 'd']);
    await cache.invalidateTags('y', 'v3');
    assert.deepEqual([...(await cache.getMany(['a', 'b', 'c', 'd'])).keys()], ['d']);
    assert.equal(await cache.getOrSet('c', () => 33, undefined, { tags: ['v3'] }), 33);
    assert.equal(await cache.get('c'), 33);
  },
  'computes again for whoever comes after the change': async ({ cache }) => {
    let finish = (_value: string) => {};
    const slow = new Promise<string>((resolve) => (finish = resolve));
    let hasBegun = () => {};
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const before = cache.getOrSet('k', () => (hasBegun(), slow), undefined, { tags: ['x'] });
    await begun;
    await cache.invalidateTags('x');
    const after = cache.getOrSet('k', () => 'new', undefined, { tags: ['x'] });
    finish('old');
    assert.deepEqual([await before, await after], ['old', 'new']);
  },
};

/**
 * Lists what every cache does, whatever its store: run it on a backend of your own, with any test runner.
 *
 * @example
 * describe('My backend', () => {
 *   for (const { name, run } of cacheContract()) it(name, () => run({ cache, advance }));
 * });
 */
export function cacheContract({ stores = true }: CacheCapabilities = {}): CacheContractCase[] {
  const groups = stores ? [always, values, keys, writing, time, computing, tags] : [always, nothing];
  return groups.flatMap((cases) => Object.entries(cases).map(([name, run]) => ({ name, run })));
}
