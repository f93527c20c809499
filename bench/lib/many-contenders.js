import { createCache } from '@nest-quintet/cache';
import { redisCache } from '@nest-quintet/cache/redis';
import { createClient } from 'redis';
import { startServer } from './servers.js';

const KEYS = Array.from({ length: 100 }, (_, index) => `book:${index}`);
const TURN = 20;

/** @param {number} id */
const book = (id) => ({ id, title: `The book number ${id}`, price: 9.99 + id, tags: ['novel', 'sea'] });

/**
 * Opens ours: `getMany()` of a hundred keys.
 *
 * @returns {Promise<import('./case.js').Contender>}
 */
export async function getManyContender() {
  const server = await startServer('redis');
  const cache = createCache(redisCache({ url: server.url, operationTimeout: '5s' }));
  await cache.setMany(new Map(KEYS.map((key, index) => [key, book(index)])), null);
  return contender(
    async () => (await cache.getMany(KEYS)).size,
    async () => {
      await cache.close();
      await server.close();
    },
  );
}

/**
 * Opens the bare client: one MGET of a hundred keys, and the JSON of each read.
 *
 * @returns {Promise<import('./case.js').Contender>}
 */
export async function mgetContender() {
  const server = await startServer('redis');
  const client = createClient({ url: server.url });
  await client.connect();
  await client.mSet(KEYS.map((key, index) => [key, JSON.stringify(book(index))]));
  return contender(
    async () => (await client.mGet(KEYS)).map((text) => JSON.parse(text ?? 'null')).length,
    async () => {
      client.destroy();
      await server.close();
    },
  );
}

/**
 * @param {() => Promise<number>} read
 * @param {() => Promise<void>} close
 * @returns {import('./case.js').Contender}
 */
function contender(read, close) {
  return {
    async measure(seconds) {
      const start = performance.now();
      const end = start + seconds * 1000;
      let calls = 0;
      while (performance.now() < end) {
        for (let turn = 0; turn < TURN; turn++) {
          if ((await read()) !== KEYS.length) throw new Error('Some of the keys were not there.');
        }
        calls += TURN;
      }
      return calls / ((performance.now() - start) / 1000);
    },
    close,
  };
}
