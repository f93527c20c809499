import { setTimeout as wait } from 'node:timers/promises';
import { createCache } from '../index.js';
import { memcachedCache } from '../memcached/index.js';
import { redisCache } from '../redis/index.js';

// One of several processes that miss the same value at the same time.
const { CACHE_URL = '', NAMESPACE = '', INDEX = '' } = process.env;
const options = { url: CACHE_URL, namespace: NAMESPACE, operationTimeout: '10s' } as const;
const cache = createCache(CACHE_URL.startsWith('redis') ? redisCache(options) : memcachedCache(options));

async function compute(): Promise<string> {
  await cache.incr('runs');
  await wait(100);
  return `computed by ${INDEX}`;
}

process.stdin.resume().once('end', () => process.exit());
await cache.get('go');
process.stdout.write('ready\n');
while ((await cache.get('go')) === undefined) await wait(1);
const values = await Promise.all(Array.from({ length: 1_000 }, () => cache.getOrSet('value', compute)));
await cache.set(`result:${INDEX}`, [...new Set(values)]);
