export { describeWith, describeWithOwn, type TestServers } from './servers/describe-with.js';
export type { ServerName } from './servers/keeper-client.js';
export { MemcachedServer, sharedMemcached, startMemcached } from './servers/memcached-server.js';
export {
  type CreateDatabaseOptions,
  PostgresServer,
  sharedPostgres,
  startPostgres,
} from './servers/postgres-server.js';
export { RedisServer, sharedRedis, startRedis } from './servers/redis-server.js';
