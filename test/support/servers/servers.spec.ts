import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { createClient } from 'redis';
import { describeWith, describeWithOwn, startRedis } from '../servers.js';
import { missingServer, noteSkipped } from './keeper-client.js';
import SkipReporter from './skip-reporter.js';

/** Runs statements on one connection and returns the rows of the last. */
async function query(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const sql of statements) rows = (await client.query(sql)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

describeWith('postgres', 'A shared PostgreSQL server', (servers) => {
  it('gives every caller an empty database of its own', async () => {
    const [first, second] = [
      await servers.postgres.createDatabase(),
      await servers.postgres.createDatabase(),
    ];
    await query(first, 'CREATE TABLE note (body text)');
    const tables = `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`;
    expect(await query(first, tables)).toEqual([{ n: 1 }]);
    expect(await query(second, tables)).toEqual([{ n: 0 }]);
  });

  it('copies a template', async () => {
    const template = await servers.postgres.createDatabase({ name: 'with_a_note' });
    await query(template, 'CREATE TABLE note (body text)', `INSERT INTO note VALUES ('kept')`);
    const copy = await servers.postgres.createDatabase({ template: 'with_a_note' });
    expect(await query(copy, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  });

  it('is not to be killed by one of its users', async () => {
    if (servers.postgres.pid === undefined) return;
    await expect(servers.postgres.kill()).rejects.toThrow(/Other suites use this server/);
  });
});

describeWithOwn('postgres', 'A PostgreSQL server of a suite', (servers) => {
  it('keeps its data over a crash and a restart', async () => {
    const { postgres } = servers;
    const url = await postgres.createDatabase();
    await query(url, 'CREATE TABLE note (body text)', `INSERT INTO note VALUES ('kept')`, 'CHECKPOINT');
    await postgres.kill();
    await expect(query(url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
    await postgres.restart();
    expect(await query(url, 'SELECT body FROM note')).toEqual([{ body: 'kept' }]);
  });

  it('answers nothing while it is paused, not even on an open connection', async () => {
    const client = new pg.Client({ connectionString: servers.postgres.url });
    await client.connect();
    await servers.postgres.pause();
    let isAnswered = false;
    const answer = client.query('SELECT 1 AS one').then((result) => {
      isAnswered = true;
      return result.rows;
    });
    expect(await isAccepted(servers.postgres.url)).toBe(true);
    expect(isAnswered).toBe(false);
    await servers.postgres.resume();
    expect(await answer).toEqual([{ one: 1 }]);
    await client.end();
  });
});

/** The kernel still accepts connections for a paused server; nothing comes back on them. */
function isAccepted(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}

describeWith('redis', 'A shared Redis server', (servers) => {
  it('gives every suite a database of its own', async () => {
    const client = createClient({ url: servers.redis.url });
    await client.connect();
    expect(await client.dbSize()).toBe(0);
    await client.set('key', 'value');
    await servers.redis.flush();
    expect(await client.get('key')).toBeNull();
    client.destroy();
  });
});

describeWithOwn('redis', 'A Redis server of a suite', (servers) => {
  it('goes down and comes back at the same address', async () => {
    const { redis } = servers;
    const pid = redis.pid!;
    await redis.kill();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await redis.restart();
    expect(redis.pid).not.toBe(pid);
    await redis.flush();
  });

  it('ends for good when it is stopped', async () => {
    const server = await startRedis();
    const pid = server.pid!;
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    await expect(server.restart()).rejects.toThrow(/There is no server/);
  });
});

describeWith('memcached', 'A shared Memcached server', (servers) => {
  it('answers at its address', async () => {
    expect(servers.memcached.address).toMatch(/^[\w.]+:\d+$/);
    expect(await isAccepted(servers.memcached.url)).toBe(true);
  });
});

describe('describeWith() without the server', () => {
  const environment = { ...process.env };
  const run = JSON.parse(environment.QUINTET_TEST_SERVERS!) as { folder: string };

  afterEach(() => {
    process.env = environment;
    jest.restoreAllMocks();
  });

  function withoutRedis(folder: string): void {
    const missing = { redis: 'redis-server (somewhere)' };
    process.env = { ...environment, QUINTET_TEST_SERVERS: JSON.stringify({ ...run, folder, missing }) };
  }

  it('fails where servers are required', () => {
    withoutRedis(run.folder);
    process.env.QUINTET_REQUIRE_SERVERS = '1';
    expect(() => describeWith('redis', 'RedisCache', () => {})).toThrow(
      'RedisCache: needs redis-server (somewhere).',
    );
  });

  it('says at the end of the run how to get it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quintet-skips-'));
    withoutRedis(folder);
    noteSkipped(missingServer('redis')!, resolve('libs/some.spec.ts'));
    noteSkipped(missingServer('redis')!, resolve('libs/other.spec.ts'));
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    new SkipReporter().onRunComplete();
    expect(write.mock.calls).toEqual([
      ['\nSkipped: suites that need redis-server (somewhere): libs/other.spec.ts, libs/some.spec.ts\n'],
    ]);
    rmSync(folder, { recursive: true });
  });
});
