import { randomUUID } from 'node:crypto';
import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../../../test/support/servers.js';
import { startTypescript, type TypescriptProcess } from '../../../../test/support/typescript-process.js';
import { createCache, memoryCache, tieredCache, type Cache } from '../index.js';
import { redisCache } from '../redis/index.js';

const script = new URL('./page-stampede-process.spec-support.ts', import.meta.url);

interface Answer {
  readonly outcome: string;
  readonly body: string;
}

describeWith('redis', 'Three processes that share a page cache', (servers) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 400 });
  let cache: Cache;
  let tiered: Cache;
  let processes: TypescriptProcess[] = [];

  beforeAll(async () => {
    const namespace = `${randomUUID()}:`;
    const { url } = servers.redis;
    const redis = redisCache({ url, namespace, operationTimeout: '10s' });
    cache = createCache(redis);
    tiered = createCache(tieredCache({ l1: memoryCache(), l2: redis }));
    const environment = { REDIS_URL: url, NAMESPACE: namespace };
    processes = await Promise.all([1, 2, 3].map(() => startTypescript(script, environment)));
    for (const page of ['page', 'tiered', 'expiring', 'private', 'fatal']) {
      await cache.set(`runs:${page}`, 0, null);
    }
  }, 60_000);

  afterAll(async () => {
    agent.destroy();
    await Promise.all(processes.map((each) => each.stop()));
    await Promise.all([cache?.close(), tiered?.close()]);
  });

  /** Asks a process under a name that all of them have in common. */
  const ask = ({ said }: TypescriptProcess, path: string) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = { host: 'shop.test', 'x-device': 'tablet' };
      get(new URL(path, said), { agent, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ body, outcome: String(response.headers['x-cache']) }));
      }).on('error', reject);
    });

  const askAll = (path: string, times: number) =>
    Promise.all(processes.flatMap((each) => Array.from({ length: times }, () => ask(each, path))));

  it.each([
    ['page', 'in Redis'],
    ['tiered', 'in memory and in Redis'],
  ])(
    'runs the handler of /%s, kept %s, once for 1,000 concurrent misses, and once after a change',
    async (name) => {
      const answers = await askAll(`/${name}`, 334);
      expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([`${name} 1`]));
      expect(await cache.get(`runs:${name}`)).toBe(1);
      expect(answers.filter(({ outcome }) => outcome === 'MISS')).toHaveLength(1);
      await askAll(`/${name}`, 2);
      await tiered.invalidateTags('page');
      // The others hear of it over Redis.
      await wait(200);
      const anew = await askAll(`/${name}`, 50);
      expect(new Set(anew.map(({ body }) => body))).toEqual(new Set([`${name} 2`]));
    },
  );

  it('answers with the expired page while one visitor of one process waits for the next', async () => {
    await ask(processes[0]!, '/expiring');
    await wait(1_100);
    const answers = await askAll('/expiring', 20);
    expect(await cache.get('runs:expiring')).toBe(2);
    expect(answers.filter(({ outcome }) => outcome === 'MISS')).toHaveLength(1);
    const stale = answers.filter(({ outcome }) => outcome === 'STALE');
    expect(new Set(stale.map(({ body }) => body))).toEqual(new Set(['expiring 1']));
    expect((await ask(processes[2]!, '/expiring')).body).toBe('expiring 2');
  });

  it('has nobody wait twice for a page that is not kept', async () => {
    const answers = await askAll('/private', 3);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(9);
  });

  it('goes on without a process that dies at it', async () => {
    const first = ask(processes[0]!, '/fatal').catch(() => 'died');
    for (let attempt = 0; attempt < 500 && (await cache.get('runs:fatal')) === 0; attempt++) await wait(2);
    const others = processes.slice(1).map((each) => ask(each, '/fatal'));
    expect(await first).toBe('died');
    expect((await Promise.all(others)).map(({ body }) => body)).toEqual(['fatal 2', 'fatal 2']);
  }, 20_000);
});
