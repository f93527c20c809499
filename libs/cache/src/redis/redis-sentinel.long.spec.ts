import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describeWithOwn } from '../../../../test/support/servers.js';
import { createCache } from '../index.js';
import { startRedisProcess, until } from './redis-processes.spec-support.js';
import { redisCache } from './redis.cache.js';

describeWithOwn('redis', 'redisCache() with sentinels', () => {
  it('goes on with the new master after the old one has died', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quintet-sentinel-'));
    const master = await startRedisProcess();
    const replica = await startRedisProcess('--replicaof', '127.0.0.1', `${master.port}`);
    const configuration = join(folder, 'sentinel.conf');
    writeFileSync(
      configuration,
      `sentinel monitor shop 127.0.0.1 ${master.port} 1\nsentinel down-after-milliseconds shop 500\nsentinel failover-timeout shop 5000\n`,
    );
    const sentinel = await startRedisProcess(configuration, '--sentinel');
    await until(async () => String(await sentinel.command('SENTINEL', 'REPLICAS', 'shop')).includes(`${replica.port}`)); // prettier-ignore
    const cache = createCache(
      redisCache({ sentinel: { name: 'shop', urls: ['redis://127.0.0.1:1', sentinel.url] } }),
      { logger: { log() {}, warn() {} } },
    );
    await until(async () => (await cache.setMany({ k: 1 })).length === 0);
    expect(await cache.get('k')).toBe(1);
    await until(async () => String(await replica.command('GET', 'cache::1:k')) === '1');
    await master.stop();
    expect(await cache.get('k')).toBeUndefined();
    await until(async () => (await cache.setMany({ k: 2 })).length === 0);
    expect(await cache.get('k')).toBe(2);
    expect(String(await replica.command('GET', 'cache::1:k'))).toBe('2');
    const nobody = createCache(
      redisCache({ sentinel: { name: 'nobody', urls: [sentinel.url] }, onError: 'throw' }),
      {
        logger: { log() {}, warn() {} },
      },
    );
    await expect(nobody.get('k')).rejects.toThrow('The cache "default" is down.');
    await Promise.all([cache.close(), nobody.close(), sentinel.stop(), replica.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }, 90_000);
});
