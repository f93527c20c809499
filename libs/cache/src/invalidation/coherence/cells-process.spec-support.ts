import { PrismaPg } from '@prisma/adapter-pg';
import { redisCache } from '../../redis/index.js';
import { openCells } from './cells-app.spec-support.js';

// One of several processes that share a database and a Redis.
const { DATABASE_URL = '', REDIS_URL = '', PLATFORM = 'express' } = process.env;
const app = await openCells({
  adapter: new PrismaPg({ connectionString: DATABASE_URL }),
  cache: redisCache({ url: REDIS_URL, namespace: 'coherence:', operationTimeout: '5s' }),
  platform: PLATFORM as 'express' | 'fastify',
});
process.stdout.write(`${await app.getUrl()}\n`);
process.stdin.resume().once('end', () => process.exit());
