import { createBookshop } from '../../apps/bookshop/src/bookshop.js';
import { createTestDatabase, type TestDatabaseOptions } from '../support/database.js';
import { describeWith } from '../support/servers.js';
import { describeBookshop, type RunningBookshop } from './bookshop-contract.js';

describeBookshop('PGlite, caches in the process', () =>
  startShop({}, { database: 'pglite', cache: 'memory', sessions: 'database' }),
);

describeWith(['postgres', 'redis'], 'With servers of their own', (servers) => {
  describeBookshop('PostgreSQL and Redis', () =>
    startShop(
      { server: servers.postgres, redisUrl: servers.redis.url },
      { database: 'postgresql', cache: 'redis', sessions: 'redis' },
    ),
  );
});

async function startShop(
  { redisUrl, ...options }: TestDatabaseOptions & { redisUrl?: string },
  engines: RunningBookshop['engines'],
): Promise<RunningBookshop> {
  const database = await createTestDatabase(options);
  const shop = await createBookshop({ redisUrl, secretKeys: ['a secret of the tests'] }, database, {
    logger: ['warn', 'error'],
  });
  await shop.listen(0, '127.0.0.1');
  return {
    address: await shop.getUrl(),
    engines,
    async close() {
      await shop.close();
      await database.close();
    },
  };
}
