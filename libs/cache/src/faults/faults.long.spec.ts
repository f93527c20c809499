import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createClient } from 'redis';
import { describeWithOwn } from '../../../../test/support/servers.js';
import type { Cache } from '../cache.js';
import { createCache } from '../index.js';
import { memcachedCache } from '../memcached/index.js';
import { redisCache } from '../redis/index.js';
import { FaultyProxy } from './faulty-proxy.spec-support.js';
import { HANDLER, Workload } from './workload.spec-support.js';

const LIMIT = 250;
/** Milliseconds that a busy machine may add to a timer. */
const SLACK = 250;
const RECOVERY = 2_000;
/** How long each fault lasts. */
const FAULT = 1_500;

interface Server {
  readonly url: string;
  pause(): Promise<void>;
  resume(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

interface Stage {
  readonly server: Server;
  readonly proxy: FaultyProxy;
}

/** How a fault begins, and what ends it. */
type Fault = (stage: Stage) => Promise<() => unknown>;

const garbage = (text: string): Fault => {
  return async ({ proxy }) => {
    proxy.garbage = Buffer.from(text, 'latin1');
    return () => (proxy.garbage = undefined);
  };
};

const faults: Record<string, Fault> = {
  killed: async ({ server }) => {
    await server.kill();
    return () => server.restart();
  },
  paused: async ({ server }) => {
    await server.pause();
    return () => server.resume();
  },
  'restarted empty': async ({ server }) => {
    await server.restart();
    return () => undefined;
  },
  slow: async ({ proxy }) => {
    proxy.delay = 1_000;
    return () => (proxy.delay = 0);
  },
  'slower than usual, but not too slow': async ({ proxy }) => {
    proxy.delay = 20;
    return () => (proxy.delay = 0);
  },
  'answering text': garbage('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'answering bytes': garbage('\x00\xff\x81\r\n$-7\r\nVA x\r\n'),
  'answering what nobody asked': garbage('+OK\r\nHD\r\n:1\r\nEN\r\n'),
};

async function redisCommand(url: string, ...args: string[]): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  await client.sendCommand(args);
  client.destroy();
}

const full = (policy: string): Fault => {
  return async ({ server: { url } }) => {
    await redisCommand(url, 'CONFIG', 'SET', 'maxmemory-policy', policy);
    await redisCommand(url, 'CONFIG', 'SET', 'maxmemory', '1');
    return () => redisCommand(url, 'CONFIG', 'SET', 'maxmemory', '0');
  };
};

const servers = {
  redis: {
    open: (port: number) => redisCache({ url: `redis://127.0.0.1:${port}` }),
    faults: { ...faults, 'full, with eviction': full('allkeys-lru'), 'full, without': full('noeviction') },
  },
  memcached: {
    open: (port: number) => memcachedCache({ url: `memcached://127.0.0.1:${port}` }),
    faults: {
      ...faults,
      'full, with eviction': (async ({ server }) => {
        const other = createCache(memcachedCache({ url: server.url, operationTimeout: '10s' }));
        const half = 'x'.repeat(500_000);
        for (let index = 0; index < 200; index++) await other.set(index, half);
        await other.close();
        return () => undefined;
      }) satisfies Fault as Fault,
    },
  },
};

for (const name of ['redis', 'memcached'] as const) {
  const { open, faults: all } = servers[name];

  describeWithOwn(name, `A cache whose ${name} is`, (own) => {
    let stage: Stage;
    let cache: Cache;

    beforeEach(async () => {
      const server = (own as unknown as Record<string, Server>)[name]!;
      stage = { server, proxy: await FaultyProxy.open(server.url) };
      cache = createCache(open(stage.proxy.port), { logger: { log() {}, warn() {} } });
    });

    afterEach(async () => {
      await cache.close();
      stage.proxy.close();
    });

    it.each(Object.keys(all))(
      '%s: fails nobody, holds nobody up, and recovers with nothing outdated',
      async (fault) => {
        const workload = new Workload(cache);
        await workload.recovery();
        await workload.prepare();
        workload.start();
        await wait(300);
        const end = await all[fault as keyof typeof all](stage);
        await workload.changeQuietRows();
        await wait(FAULT);
        await end();
        const recovery = await workload.recovery();
        await wait(300);
        const figures = await workload.stop();
        // What was sent during the fault and has not arrived yet must not arrive any more.
        await wait(1_200);
        const outdated = await workload.outdated();
        process.stdout.write(
          `${name} ${fault}: ${figures.requests} requests, ${figures.failed.length} failed, the slowest took ${figures.slowest} ms; recovered after ${recovery} ms; ${outdated.length} outdated\n`,
        );
        expect(figures.failed).toEqual([]);
        expect(outdated).toEqual([]);
        expect(figures.slowest).toBeLessThan(LIMIT + HANDLER + SLACK);
        expect(recovery).toBeLessThan(RECOVERY);
      },
    );
  });
}
