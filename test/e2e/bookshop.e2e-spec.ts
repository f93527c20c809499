import type { TestDatabaseOptions } from '../support/database.js';
import { describeWith } from '../support/servers.js';
import { describeBookshop, type RunningBookshop } from './bookshop-contract.js';
import { startTestShop } from './test-shop.js';

describeBookshop('PGlite, caches in the process', () =>
  start({}, { database: 'pglite', cache: 'memory', sessions: 'database' }),
);

describeWith(['postgres', 'redis'], 'With servers of their own', (servers) => {
  describeBookshop('PostgreSQL and Redis', () =>
    start(
      { server: servers.postgres, redisUrl: servers.redis.url },
      { database: 'postgresql', cache: 'redis', sessions: 'redis' },
    ),
  );
});

async function start(
  options: TestDatabaseOptions & { redisUrl?: string },
  engines: RunningBookshop['engines'],
): Promise<RunningBookshop> {
  return { ...(await startTestShop(options)), engines };
}
