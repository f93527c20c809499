import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { createCache, memoryCache } from '@nest-quintet/cache';
import request from 'supertest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { cacheEngine } from './cache/cache.engine.js';
import { cachedDbEngine } from './cached-db/cached-db.engine.js';
import { CountingEngine } from './counting-engine.spec-support.js';
import { fileEngine } from './engines/file.engine.js';
import { memoryEngine } from './engines/memory.engine.js';
import { signedCookieEngine } from './engines/signed-cookie.engine.js';
import { prismaEngine } from './prisma/prisma.engine.js';
import type { Engine } from './session/session-backend.js';
import { makeSessionKey } from './session/session-key.js';
import { Session } from './session.decorator.js';
import { Visitor } from './session-http.spec-support.js';
import { Sites } from './site.spec-support.js';

@Controller()
class TargetController {
  @Get('session')
  session(@Session() session: Session) {
    return Object.fromEntries(session.entries());
  }

  @Post('session')
  @HttpCode(200)
  write(@Session() session: Session, @Body() values: Record<string, unknown>) {
    session.update(values);
  }

  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('user', 'Ann');
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Post('cookie')
  cookie(@Req() request: { session: Session }, @Body() attributes: { path?: string; domain?: string }) {
    request.session.set('a', 1);
    Object.assign(request.session.cookie, attributes);
  }
}

const sites = new Sites();
const open = async (engine: Engine = memoryEngine(), options = {}) =>
  (await sites.start(TargetController, engine, { secret: 'secret', ...options })).url;

afterEach(() => sites.close());

async function valuesOf(url: string, cookie: string): Promise<unknown> {
  return (await request(url).get('/session').set('Cookie', cookie)).body;
}

describe('keys of sessions', () => {
  it('are 256 bits, every one of which is a toss of its own', () => {
    const keys = Array.from({ length: 10_000 }, () => Buffer.from(makeSessionKey(), 'base64url'));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(keys.length);
    expect(new Set(keys.map(({ length }) => length))).toEqual(new Set([32]));
    for (let bit = 0; bit < 256; bit++) {
      const ones = keys.filter((key) => (key[bit >> 3]! >> (bit & 7)) & 1).length;
      // Six standard deviations: five in a thousand million.
      expect(Math.abs(ones - 5000)).toBeLessThan(300);
    }
  });
});

describe('every engine', () => {
  let shop: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    shop = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'quintet-security-'));
  }, 60_000);

  afterAll(async () => {
    await shop.close();
    await rm(folder, { recursive: true });
  });

  const onServer: [string, () => Engine][] = [
    ['memoryEngine()', () => memoryEngine()],
    ['fileEngine()', () => fileEngine({ path: folder })],
    ['prismaEngine()', () => prismaEngine({ database: shop.database })],
    ['cacheEngine()', () => cacheEngine({ cache: createCache(memoryCache()) })],
    [
      'cachedDbEngine()',
      () => cachedDbEngine({ database: shop.database, cache: createCache(memoryCache()) }),
    ],
  ];
  const all: [string, () => Engine][] = [...onServer, ['signedCookieEngine()', () => signedCookieEngine()]];

  it.each(all)('gives nothing to whoever planted the session before a login (%s)', async (_, make) => {
    const url = await open(make());
    const attacker = new Visitor(() => url);
    await attacker.post('/session', { planted: true });
    const victim = new Visitor(() => url, attacker.cookie);
    await victim.post('/login');
    expect(victim.cookie).not.toBe(attacker.cookie);
    expect(await valuesOf(url, victim.cookie!)).toEqual({ planted: true, user: 'Ann' });
    expect(await valuesOf(url, attacker.cookie!)).not.toHaveProperty('user');
  });

  it.each(onServer)(
    'knows nothing of the key from before a login, or of any after a logout (%s)',
    async (_, make) => {
      const url = await open(make());
      const visitor = new Visitor(() => url);
      await visitor.post('/session', { cart: 1 });
      const before = visitor.cookie!;
      await visitor.post('/login');
      const after = visitor.cookie!;
      expect(await valuesOf(url, before)).toEqual({});
      await visitor.post('/logout');
      expect(visitor.cookie).toBe('sessionid=');
      expect(await valuesOf(url, after)).toEqual({});
      // Nor does writing with it bring anything back.
      const replay = new Visitor(() => url, after);
      await replay.post('/session', { b: 1 });
      expect(replay.cookie).not.toBe(after);
      expect(await valuesOf(url, after)).toEqual({});
    },
  );

  it('cannot take back what signedCookieEngine() gave out: a copy of the cookie stays good until it expires', async () => {
    const url = await open(signedCookieEngine());
    const visitor = new Visitor(() => url);
    await visitor.post('/login');
    const copy = visitor.cookie!;
    await visitor.post('/logout');
    expect(visitor.cookie).toBe('sessionid=');
    expect(await valuesOf(url, copy)).toEqual({ user: 'Ann' });
  });

  it.each(all)('takes a cookie with any single byte changed for a stranger’s (%s)', async (_, make) => {
    const url = await open(make());
    const visitor = new Visitor(() => url);
    await visitor.post('/login');
    const [name, encoded] = visitor.cookie!.split('=') as [string, string];
    const value = decodeURIComponent(encoded);
    const tampered = Array.from(
      value,
      (byte, at) => value.slice(0, at) + (byte === 'A' ? 'B' : 'A') + value.slice(at + 1),
    );
    const seen = await Promise.all(
      [...tampered, value.slice(0, -1), `${value}A`, value.toLowerCase(), value.toUpperCase()].map((other) =>
        valuesOf(url, `${name}=${encodeURIComponent(other)}`),
      ),
    );
    expect(seen.filter((values) => JSON.stringify(values) !== '{}')).toEqual([]);
    expect(await valuesOf(url, visitor.cookie!)).toEqual({ user: 'Ann' });
  });

  it.each(all)(
    'takes cookies of retired secrets, and no longer when those are gone (%s)',
    async (_, make) => {
      const engine = make();
      const old = await open(engine, { secret: 'old' });
      const visitor = new Visitor(() => old);
      await visitor.post('/login');
      await sites.close();
      const both = await open(engine, { secret: ['new', 'old'] });
      expect(await valuesOf(both, visitor.cookie!)).toEqual({ user: 'Ann' });
      const renewed = new Visitor(() => both, visitor.cookie);
      await renewed.post('/session', { b: 1 });
      await sites.close();
      const only = await open(engine, { secret: 'new' });
      expect(await valuesOf(only, visitor.cookie!)).toEqual({});
      expect(await valuesOf(only, renewed.cookie!)).toMatchObject({ user: 'Ann', b: 1 });
    },
  );
});

describe('cookies that are too large', () => {
  it.each([
    ['a cookie that no browser keeps', 'x'.repeat(5000)],
    ['a key that is too short', 'short'],
  ])('%s is not asked for', async (_, key) => {
    const engine = new CountingEngine();
    const url = await open(engine, { secret: [] });
    expect(await valuesOf(url, `sessionid=${key}`)).toEqual({});
    expect(engine.takeOperations()).toEqual([]);
  });

  it('one with a wrong signature is not asked for either', async () => {
    const engine = new CountingEngine();
    const url = await open(engine);
    expect(await valuesOf(url, `sessionid=s%3A${makeSessionKey()}.${'A'.repeat(43)}`)).toEqual({});
    expect(engine.takeOperations()).toEqual([]);
  });

  it('a session that does not fit into a cookie is an error, and the old cookie stays good', async () => {
    const url = await open(signedCookieEngine());
    const visitor = new Visitor(() => url);
    await visitor.post('/login');
    const before = visitor.cookie;
    expect(await visitor.post('/session', { text: 'x'.repeat(5000) })).toMatchObject({ status: 500 });
    expect(visitor.cookie).toBe(before);
    expect(await valuesOf(url, before!)).toEqual({ user: 'Ann' });
  });
});

describe('what a visitor sends as data', () => {
  const post = (url: string, cookie: string, json: string) =>
    fetch(`${url}/session`, {
      method: 'POST',
      body: json,
      headers: { cookie, 'content-type': 'application/json' },
    });

  it.each([
    '{"__proto__":{"isAdmin":true}}',
    '{"a":{"__proto__":{"isAdmin":true}}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"a":[{"__proto__":{"isAdmin":true}}]}',
    '{"cookie":{"path":"/evil"}}',
    '{"a":{"$date":"never"},"b":{"$bigint":"x"}}',
  ])('%s gives nobody a property', async (json) => {
    const url = await open();
    const visitor = new Visitor(() => url);
    await visitor.post('/login');
    const { status } = await post(url, visitor.cookie!, json);
    expect([200, 500]).toContain(status);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    const values = (await valuesOf(url, visitor.cookie!)) as {
      user: string;
      isAdmin?: boolean;
      a?: { isAdmin?: boolean };
    };
    expect(values).toMatchObject({ user: 'Ann' });
    expect(values.isAdmin).toBeUndefined();
    expect(values.a?.isAdmin).toBeUndefined();
  });

  it.each([
    { path: '/\r\nX-Evil: 1' },
    { path: '/; HttpOnly=no' },
    { domain: 'shop.example\r\nX-Evil: 1' },
    { domain: 'a.example; Path=/evil' },
  ])('cannot write a header through the cookie: %j', async (attributes) => {
    const url = await open();
    const response = await request(url).post('/cookie').send(attributes);
    expect(response.status).toBe(500);
    expect(response.headers).not.toHaveProperty('x-evil');
    expect(response.headers).not.toHaveProperty('set-cookie');
  });
});

describe('a site behind a proxy that ends TLS', () => {
  it.each([{ 'X-Forwarded-Proto': 'https' }, {}])(
    'sends its __Host- cookie as browsers demand it (%j)',
    async (headers) => {
      const url = await open(memoryEngine(), { cookieName: '__Host-sid', cookieSecure: true });
      const login = await request(url).post('/login').set(headers);
      const [cookie] = login.headers['set-cookie'] as unknown as string[];
      expect(cookie).toMatch(/^__Host-sid=[^;]+;/);
      expect(cookie).toMatch(/; Secure(;|$)/);
      expect(cookie).toMatch(/; Path=\/(;|$)/);
      expect(cookie).not.toMatch(/Domain/i);
      const logout = await request(url)
        .post('/logout')
        .set({ ...headers, Cookie: cookie!.split(';')[0]! });
      const [removal] = logout.headers['set-cookie'] as unknown as string[];
      expect(removal).toMatch(/^__Host-sid=;.*; Secure/);
    },
  );
});
