import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache, memoryCache, tieredCache } from '../index.js';
import { cacheContract } from '../testing/cache-contract.js';
import { freePort, startRedisProcess, until, type RedisProcess } from './redis-processes.spec-support.js';
import { redisCache } from './redis.cache.js';

const ranges = [
  ['0', '8191'],
  ['8192', '16383'],
] as const;

describeWithOwn('redis', 'redisCache() on a cluster', () => {
  let nodes: RedisProcess[] = [];
  let cache: Cache;

  beforeAll(async () => {
    nodes = await Promise.all(
      ranges.map(async () =>
        startRedisProcess('--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`),
      ),
    );
    for (const [index, range] of ranges.entries()) {
      await nodes[index]!.command('CLUSTER', 'ADDSLOTSRANGE', ...range);
      await nodes[index]!.command('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`);
    }
    const other = String(await nodes[1]!.command('CLUSTER', 'NODES'));
    const busPort = /@(\d+)/.exec(other)![1]!;
    await nodes[0]!.command('CLUSTER', 'MEET', '127.0.0.1', `${nodes[1]!.port}`, busPort);
    for (const node of nodes) {
      await until(async () => String(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok'));
      await until(async () => String(await node.command('CLUSTER', 'NODES')).split('\n').length >= 3);
    }
  }, 60_000);

  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  beforeEach(async () => {
    cache = createCache(
      redisCache({ cluster: { urls: nodes.map(({ url }) => url) }, operationTimeout: '5s' }),
    );
    await cache.clear();
  });

  afterEach(() => cache.close());

  for (const { name, run } of cacheContract()) {
    it(name, () => run({ cache, advance: (seconds) => wait(seconds * 1000) }));
  }

  it('keeps entries on all of its servers', async () => {
    await cache.setMany(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index])));
    for (const node of nodes) expect(Number(await node.command('DBSIZE'))).toBeGreaterThan(5);
    await cache.clear();
    for (const node of nodes) expect(Number(await node.command('DBSIZE'))).toBeLessThanOrEqual(1);
  });

  it('carries the messages of a tiered cache', async () => {
    const l2 = redisCache({ cluster: { urls: [nodes[0]!.url] }, operationTimeout: '5s' });
    const [one, two] = [0, 1].map(() => createCache(tieredCache({ l1: memoryCache(), l2 })));
    await one!.set('k', 1);
    await until(async () => {
      await one!.get('k');
      await cache.set('k', 'below');
      const isCopied = (await one!.get('k')) !== 'below';
      if (!isCopied) await one!.set('k', 1);
      return isCopied;
    });
    await two!.set('k', 2);
    await until(async () => (await one!.get('k')) === 2);
    await Promise.all([one!.close(), two!.close()]);
  });
});
