import { PrismaPg } from '@prisma/adapter-pg';
import { memoryCache, tieredCache } from '../../index.js';
import { redisCache } from '../../redis/index.js';
import { openCells } from './cells-app.spec-support.js';

// One of several processes that share a database and a Redis.
const { DATABASE_URL = '', REDIS_URL = '', PLATFORM = 'express', CACHE = 'redis' } = process.env;
const redis = redisCache({ url: REDIS_URL, namespace: `coherence:${CACHE}:`, operationTimeout: '5s' });
const app = await openCells({
  adapter: new PrismaPg({ connectionString: DATABASE_URL }),
  cache: CACHE === 'tiered' ? tieredCache({ l1: memoryCache(), l2: redis }) : redis,
  platform: PLATFORM as 'express' | 'fastify',
});
process.stdout.write(`${await app.getUrl()}\n`);
process.stdin.resume().once('end', () => process.exit());
