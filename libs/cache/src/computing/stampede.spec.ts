import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { describeWith, describeWithOwn } from '../../../../test/support/servers.js';
import { startTypescript } from '../../../../test/support/typescript-process.js';
import { createCache, memoryCache } from '../index.js';
import { memcachedCache } from '../memcached/index.js';
import { redisCache } from '../redis/index.js';

const script = new URL('./stampede-process.spec-support.ts', import.meta.url);

describe('1,000 concurrent misses', () => {
  it('compute once in one process', async () => {
    const cache = createCache(memoryCache());
    let runs = 0;
    const compute = async () => (await wait(10), ++runs);
    const values = await Promise.all(Array.from({ length: 1_000 }, () => cache.getOrSet('value', compute)));
    expect(new Set(values)).toEqual(new Set([1]));
    expect(runs).toBe(1);
  });
});

/** `clear()` empties all of Memcached, so that other suites cannot share it. */
const describeOn = { redis: describeWith, memcached: describeWithOwn };

for (const [server, make] of [
  ['redis', redisCache],
  ['memcached', memcachedCache],
] as const) {
  describeOn[server](server, `1,000 concurrent misses in each of three processes on ${server}`, (servers) => {
    it('compute once', async () => {
      const { url } = (servers as Record<string, { url: string }>)[server]!;
      const namespace = `${randomUUID()}:`;
      const cache = createCache(make({ url, namespace, operationTimeout: '10s' }));
      await cache.set('runs', 0);
      const environment = { CACHE_URL: url, NAMESPACE: namespace };
      const processes = await Promise.all(
        ['a', 'b', 'c'].map((INDEX) => startTypescript(script, { ...environment, INDEX })),
      );
      await cache.set('go', true);
      const names = ['result:a', 'result:b', 'result:c'];
      let results = new Map<string, unknown>();
      for (let attempt = 0; attempt < 1_000 && results.size < 3; attempt++) {
        await wait(10);
        results = await cache.getMany(names);
      }
      expect(await cache.get('runs')).toBe(1);
      expect(results.get('result:a')).toEqual([expect.stringMatching(/^computed by [abc]$/)]);
      expect(new Set([...results.values()].map(String)).size).toBe(1);
      expect(results.size).toBe(3);
      await Promise.all(processes.map((each) => each.stop()));
      await cache.close();
    });
  });
}
