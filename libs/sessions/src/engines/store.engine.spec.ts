import connectPgSimple from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { describeWith } from '../../../../test/support/servers.js';
import { describeOverHttp, startApp } from '../session-http.spec-support.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import expressSession from 'express-session';
import { makeSessionKey } from '../session/session-key.js';
import { describeEngine } from './engine-contract.spec-support.js';
import { resolveEngine } from './resolve-engine.js';
import { StoreEngine } from './store.engine.js';

describeEngine('StoreEngine on express-session’s MemoryStore', {
  create: () => new StoreEngine(new expressSession.MemoryStore()),
});

describe('StoreEngine', () => {
  it('keeps sessions under the visitor’s key, where other applications look for them', async () => {
    const store = new expressSession.MemoryStore();
    const engine = new StoreEngine(store);
    const { key } = await engine.create(makeSessionKey(), { visits: 1 }, new Date(Date.now() + 60_000));
    const session = await new Promise((resolve) => store.get(key, (_, found) => resolve(found)));
    expect(session).toMatchObject({ visits: 1, cookie: { expires: expect.any(String) } });
  });

  it('takes an error with the code ENOENT for "not found"', async () => {
    class FileLikeStore extends expressSession.MemoryStore {
      override get(_sid: string, callback: (error: unknown) => void): void {
        callback(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
      }
    }
    expect(await new StoreEngine(new FileLikeStore()).fetch(makeSessionKey())).toBeUndefined();
  });

  it('passes on every other error of the store', async () => {
    class BrokenStore extends expressSession.MemoryStore {
      override get(_sid: string, callback: (error: unknown) => void): void {
        callback(new Error('connection refused'));
      }
    }
    await expect(new StoreEngine(new BrokenStore()).fetch(makeSessionKey())).rejects.toThrow('refused');
  });
});

describe('resolveEngine()', () => {
  it('takes any store of the right shape', () => {
    const store = { get() {}, set() {}, destroy() {} };
    expect(resolveEngine(store as never)).toBeInstanceOf(StoreEngine);
  });

  it('names what is wrong and what to do', () => {
    expect(() => resolveEngine(undefined)).toThrow(
      'SessionsModule: engine is missing. Give prismaEngine(), cacheEngine(), signedCookieEngine(), memoryEngine() or an express-session store.',
    );
    expect(() => resolveEngine('redis' as never)).toThrow('engine is no session store');
  });
});

describeWith('redis', 'StoreEngine on connect-redis', (servers) => {
  let client: ReturnType<typeof createClient>;

  beforeAll(async () => {
    client = createClient({ url: servers.redis.url });
    await client.connect();
  });

  afterAll(() => client.destroy());

  const store = () => new RedisStore({ client });

  describeEngine('StoreEngine on connect-redis', {
    create: () => new StoreEngine(store()),
    hasFakeClock: false,
  });

  describeOverHttp('connect-redis', async () => [await startApp(store())]);
});

describeWith('postgres', 'StoreEngine on connect-pg-simple', (servers) => {
  const PgStore = connectPgSimple(expressSession);
  let pool: Pool;

  beforeAll(async () => {
    pool = new Pool({ connectionString: await servers.postgres.createDatabase() });
  });

  afterAll(() => pool.end());

  const store = () => new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false });

  describeEngine('StoreEngine on connect-pg-simple', {
    create: () => new StoreEngine(store()),
    hasFakeClock: false,
  });

  describeOverHttp('connect-pg-simple', async () => [await startApp(store())]);
});
