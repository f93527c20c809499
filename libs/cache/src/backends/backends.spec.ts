import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, it, jest } from '@jest/globals';
import { Keyv } from 'keyv';
import type { Cache } from '../cache.js';
import { createCache, type CacheFactory } from '../create-cache.js';
import { cacheContract, type CacheCapabilities } from '../testing/cache-contract.js';
import { dummyCache } from './dummy.cache.js';
import { keyvCache } from './keyv.cache.js';
import { fileCache } from './file.cache.js';
import { memoryCache } from './memory.cache.js';

const root = mkdtempSync(join(tmpdir(), 'quintet-cache-'));

afterAll(() => rmSync(root, { recursive: true }));

const factories: [string, () => CacheFactory, CacheCapabilities?][] = [
  ['memoryCache()', () => memoryCache()],
  ['fileCache()', () => fileCache({ folder: mkdtempSync(join(root, 'cache-')) })],
  ['keyvCache() over a Map', () => keyvCache(new Map())],
  ['keyvCache() over a Keyv', () => keyvCache(new Keyv())],
  ['dummyCache()', () => dummyCache(), { stores: false }],
];

describe.each(factories)('%s', (_, make, capabilities) => {
  let cache: Cache;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    cache = createCache(make());
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  for (const { name, run } of cacheContract(capabilities)) {
    it(name, () =>
      run({
        cache,
        advance: async (seconds) => {
          jest.advanceTimersByTime(seconds * 1000);
        },
      }),
    );
  }
});
