import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, it } from '@jest/globals';
import { describeWith } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache } from '../create-cache.js';
import { cacheContract } from '../testing/cache-contract.js';
import { redisCache } from './redis.cache.js';

describeWith('redis', 'redisCache()', (servers) => {
  let cache: Cache;

  beforeEach(async () => {
    cache = createCache(redisCache({ url: servers.redis.url, operationTimeout: '5s' }));
    await cache.clear();
  });

  afterEach(() => cache.close());

  for (const { name, run } of cacheContract()) {
    // The clock is the server's: there is nothing to fake, so these few cases wait.
    it(name, () => run({ cache, advance: (seconds) => wait(seconds * 1000) }));
  }
});
