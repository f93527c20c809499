import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { missingServer, noteSkipped, notInstalledServer, type ServerName } from './keeper-client.js';
import { sharedMemcached, startMemcached } from './memcached-server.js';
import { sharedPostgres, startPostgres } from './postgres-server.js';
import { sharedRedis, startRedis } from './redis-server.js';
import type { TestServer } from './test-server.js';

const shared = { postgres: sharedPostgres, redis: sharedRedis, memcached: sharedMemcached };
const own = { postgres: startPostgres, redis: startRedis, memcached: startMemcached };

/** The servers of a suite; they run from its `beforeAll` on. */
export type TestServers<Name extends ServerName> = {
  readonly [K in Name]: Awaited<ReturnType<(typeof shared)[K]>>;
};

type Body<Name extends ServerName> = (servers: TestServers<Name>) => void;

/**
 * Describes a suite that uses real servers, shared with the other suites of the run.
 *
 * On a machine that lacks one of them the suite is skipped, and the end of the run says how to get it; with
 * `QUINTET_REQUIRE_SERVERS=1` it fails.
 *
 * @example
 * describeWith('redis', 'RedisCache', (servers) => {
 *   let cache: RedisCache;
 *   beforeAll(() => (cache = new RedisCache({ url: servers.redis.url })));
 * });
 */
export function describeWith<Name extends ServerName>(
  needs: Name | Name[],
  title: string,
  body: Body<Name>,
): void {
  const close = (server: TestServer) => server.release();
  describeServers([needs].flat() as Name[], title, body, { open: shared, close, missing: missingServer });
}

/** Describes a suite that has its servers to itself, to pause and kill them. */
export function describeWithOwn<Name extends ServerName>(
  needs: Name | Name[],
  title: string,
  body: Body<Name>,
): void {
  const close = (server: TestServer) => server.stop();
  describeServers([needs].flat() as Name[], title, body, { open: own, close, missing: notInstalledServer });
}

interface Source {
  open: Record<ServerName, () => Promise<TestServer>>;
  close(server: TestServer): Promise<void>;
  /** How to get a server that cannot be opened. */
  missing(name: ServerName): string | undefined;
}

function describeServers<Name extends ServerName>(
  needs: Name[],
  title: string,
  body: Body<Name>,
  source: Source,
): void {
  const missing = needs.map(source.missing).filter((server) => server !== undefined);
  const servers = new Map<Name, TestServer>();
  const suite = () => {
    beforeAll(async () => {
      for (const name of needs) servers.set(name, await source.open[name]());
    }, 120_000);
    body(accessors(needs, servers));
    afterAll(async () => {
      for (const server of servers.values()) await source.close(server);
    });
  };
  if (missing.length === 0) return describe(title, suite);
  if (process.env.QUINTET_REQUIRE_SERVERS === '1')
    throw new Error(`${title}: needs ${missing.join(' and ')}.`);
  for (const server of missing) noteSkipped(server, expect.getState().testPath ?? title);
  describe.skip(title, suite);
}

function accessors<Name extends ServerName>(
  needs: Name[],
  servers: Map<Name, TestServer>,
): TestServers<Name> {
  const result = {};
  for (const name of needs) {
    Object.defineProperty(result, name, {
      get: () => {
        const server = servers.get(name);
        if (!server) throw new Error(`${name} runs from beforeAll on: use it there or in a test.`);
        return server;
      },
    });
  }
  return result as TestServers<Name>;
}
