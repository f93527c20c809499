import { createCache, memoryCache } from '@nest-quintet/cache';
import { createCache as createCacheManager } from 'cache-manager';
import { peer } from './peer.js';

const { BentoCache, bentostore } = await peer('bentocache');
const { memoryDriver } = await peer('bentocache/drivers/memory');
const { Cacheable } = await peer('cacheable');

const KEYS = Array.from({ length: 1_000 }, (_, index) => `book:${index}`);
/** Milliseconds; far longer than a measurement. */
const TIMEOUT = 600_000;
/** How many calls between two looks at the clock. */
const TURN = 500;

/** @param {number} id What an application keeps: a row of a list, some fields of it. */
const book = (id) => ({
  id,
  title: `The book number ${id}`,
  price: 9.99 + id,
  isAvailable: id % 2 === 0,
  tags: ['novel', 'sea', 'adventure'],
  publisher: { id: id % 10, name: 'North Winds' },
});

const value = book(1);
const make = async () => value;

/** @typedef {'get' | 'set' | 'getOrSet'} Operation */
/** @typedef {{ [O in Operation]: (key: string) => Promise<unknown> }} Store */

/** Each with the defaults of its makers, in memory. @type {Record<string, () => Store>} */
const stores = {
  ours() {
    const cache = createCache(memoryCache());
    return {
      get: (key) => cache.get(key),
      set: (key) => cache.set(key, value, TIMEOUT / 1000),
      getOrSet: (key) => cache.getOrSet(key, make, TIMEOUT / 1000),
    };
  },
  'cache-manager'() {
    const cache = createCacheManager();
    return {
      get: (key) => cache.get(key),
      set: (key) => cache.set(key, value, TIMEOUT),
      getOrSet: (key) => cache.wrap(key, make, TIMEOUT),
    };
  },
  cacheable() {
    const cache = new Cacheable();
    return {
      get: (key) => cache.get(key),
      set: (key) => cache.set(key, value, TIMEOUT),
      getOrSet: (key) => cache.getOrSet(key, make, { ttl: TIMEOUT }),
    };
  },
  bentocache() {
    const cache = new BentoCache({
      default: 'memory',
      stores: { memory: bentostore().useL1Layer(memoryDriver()) },
    });
    return {
      get: (key) => cache.get({ key }),
      set: (key) => cache.set({ key, value, ttl: TIMEOUT }),
      getOrSet: (key) => cache.getOrSet({ key, factory: make, ttl: TIMEOUT }),
    };
  },
};

/**
 * Opens a cache in memory with a thousand values in it.
 *
 * @param {string} name `ours`, or that of a peer.
 * @param {Operation} operation
 * @returns {Promise<import('./case.js').Contender>}
 */
export async function valueContender(name, operation) {
  const open = stores[name];
  if (!open) throw new Error(`There is no cache "${name}".`);
  const store = open();
  for (const key of KEYS) await store.set(key);
  if (JSON.stringify(await store.get(KEYS[0] ?? '')) !== JSON.stringify(value))
    throw new Error(`${name} does not return what it was given.`);
  const call = store[operation];
  return {
    async measure(seconds) {
      const start = performance.now();
      const end = start + seconds * 1000;
      let calls = 0;
      while (performance.now() < end) {
        for (let turn = 0; turn < TURN; turn++) await call(KEYS[calls++ % KEYS.length] ?? '');
      }
      return calls / ((performance.now() - start) / 1000);
    },
    close: () => Promise.resolve(),
  };
}
