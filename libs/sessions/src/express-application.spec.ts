import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import express from 'express';
import expressSession, { type SessionOptions } from 'express-session';
import { createCache, memoryCache } from '@nest-quintet/cache';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { cacheEngine } from './cache/cache.engine.js';
import { cachedDbEngine } from './cached-db/cached-db.engine.js';
import { fileEngine } from './engines/file.engine.js';
import { memoryEngine } from './engines/memory.engine.js';
import { signedCookieEngine } from './engines/signed-cookie.engine.js';
import { expressApplication } from './express-application.spec-support.js';
import { prismaEngine } from './prisma/prisma.engine.js';
import type { Engine } from './session/session-backend.js';
import { Visitor } from './session-http.spec-support.js';
import { startSite } from './site.spec-support.js';
import type { SessionSettingsOptions } from './settings.js';

@Controller()
class NoController {}

interface Served {
  url: string;
  close(): Promise<void>;
}

const NAME = 'connect.sid';
const SECRET = 'the secret of both';

async function withExpressSession(options: Partial<SessionOptions> = {}): Promise<Served> {
  const app = express();
  app.use(
    expressSession({
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 1_209_600_000, sameSite: 'lax' },
      ...options,
    }),
  );
  app.use(expressApplication());
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function withOurs(engine: Engine, options: SessionSettingsOptions = {}): Promise<Served> {
  return startSite(NoController, engine, {
    cookieName: NAME,
    secret: SECRET,
    ...options,
    prepare: (app) => void app.use(expressApplication()),
  });
}

/** What a browser does, one request after the other. */
const script = [
  'GET /session',
  'GET /views',
  'GET /views',
  'GET /session',
  'GET /list',
  'GET /list',
  'POST /reload',
  'POST /save',
  'GET /session',
  'POST /touch',
  'POST /max-age',
  'GET /views',
  'POST /regenerate',
  'GET /session',
  'GET /views',
  'POST /unset',
  'GET /session',
  'POST /destroy',
  'GET /session',
  'POST /login?name=Eve',
  'GET /session',
  'POST /login?name=Ann',
  'GET /session',
  'GET /views',
  'POST /login?name=Bob&keep=yes',
  'GET /session',
  'POST /logout',
  'GET /session',
];

/** Sends the script and writes down what the visitor sees. */
async function transcript(url: string): Promise<unknown[]> {
  const visitor = new Visitor(() => url);
  const seen: unknown[] = [];
  for (const line of script) {
    const [method, path] = line.split(' ') as ['GET' | 'POST', string];
    const { status, body, headers } = await (method === 'GET' ? visitor.get(path) : visitor.post(path));
    seen.push({ line, status, body: body as unknown, location: headers.location });
  }
  return seen;
}

/** Returns the numbers of the lines whose answer gave the visitor another session. */
async function newKeys(url: string): Promise<string[]> {
  const visitor = new Visitor(() => url);
  const lines: string[] = [];
  for (const line of [
    'GET /views',
    'GET /views',
    'POST /login?name=Ann',
    'GET /views',
    'POST /regenerate',
    'POST /logout',
  ]) {
    const [method, path] = line.split(' ') as ['GET' | 'POST', string];
    const before = visitor.cookie;
    await (method === 'GET' ? visitor.get(path) : visitor.post(path));
    if (visitor.cookie !== before) lines.push(line);
  }
  return lines;
}

describe('an application written for express-session', () => {
  let shop: TestDatabase;
  let folder: string;
  let theirs: Served;

  beforeAll(async () => {
    shop = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'quintet-express-'));
    theirs = await withExpressSession();
  }, 60_000);

  afterAll(async () => {
    await theirs.close();
    await shop.close();
    await rm(folder, { recursive: true });
  });

  const engines: [string, () => Engine][] = [
    ['memoryEngine()', () => memoryEngine()],
    ['fileEngine()', () => fileEngine({ path: folder })],
    ['prismaEngine()', () => prismaEngine({ database: shop.database })],
    ['cacheEngine()', () => cacheEngine({ cache: createCache(memoryCache()) })],
    [
      'cachedDbEngine()',
      () => cachedDbEngine({ database: shop.database, cache: createCache(memoryCache()) }),
    ],
    ['signedCookieEngine()', () => signedCookieEngine()],
    ['a store of express-session', () => new expressSession.MemoryStore() as unknown as Engine],
  ];

  it.each(engines)('runs unchanged on %s, passport included', async (name, make) => {
    const ours = await withOurs(make());
    const [expected, actual] = [await transcript(theirs.url), await transcript(ours.url)];
    expect(actual).toEqual(expected);
    if (name !== 'signedCookieEngine()') expect(await newKeys(ours.url)).toEqual(await newKeys(theirs.url));
    await ours.close();
  });

  it('keeps its visitors when it moves, and when it moves back', async () => {
    const store = new expressSession.MemoryStore();
    const before = await withExpressSession({ store });
    const after = await withOurs(store as unknown as Engine);
    const [old, moved] = [new Visitor(() => before.url), new Visitor(() => after.url)];
    await old.post('/login?name=Ann');
    await old.get('/views');
    moved.cookie = old.cookie;
    expect((await moved.get('/session')).body).toMatchObject({ user: { name: 'Ann' }, views: 1 });
    await moved.get('/views');
    expect((await old.get('/session')).body).toMatchObject({ user: { name: 'Ann' }, views: 2 });
    await Promise.all([before.close(), after.close()]);
  });

  it.each([
    ['rolling', { rolling: true }, { saveEveryRequest: true }],
    ['not rolling', { rolling: false }, {}],
  ])('renews the cookie as it does with express-session, %s', async (_, theirOptions, ourOptions) => {
    const [before, after] = [
      await withExpressSession(theirOptions),
      await withOurs(memoryEngine(), ourOptions),
    ];
    const renewed = async (url: string) => {
      const visitor = new Visitor(() => url);
      const first = await visitor.get('/views');
      const second = await visitor.get('/session');
      return [first, second].map(({ headers }) => headers['set-cookie'] !== undefined);
    };
    expect(await renewed(after.url)).toEqual(await renewed(before.url));
    await Promise.all([before.close(), after.close()]);
  });

  it.each(['keep', 'destroy'] as const)('takes `req.session = null` for unset: %j', async (unset) => {
    const [before, after] = [await withExpressSession({ unset }), await withOurs(memoryEngine(), { unset })];
    const afterUnset = async (url: string) => {
      const visitor = new Visitor(() => url);
      await visitor.get('/views');
      const { cookie } = visitor;
      await visitor.post('/unset');
      return (await new Visitor(() => url, cookie).get('/session')).body as unknown;
    };
    expect(await afterUnset(after.url)).toEqual(await afterUnset(before.url));
    await Promise.all([before.close(), after.close()]);
  });
});
