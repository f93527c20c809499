import { beforeEach, describe, expect, it } from '@jest/globals';
import expressSession from 'express-session';
import { memoryEngine, type MemoryEngine } from '../engines/memory.engine.js';
import { resolveSettings } from '../settings.js';
import { ExpressSession } from './express-session.js';
import { asPlainObject, type SessionObject } from './session-proxy.js';

type Loose = SessionObject & Record<string, any>;

let engine: MemoryEngine;
/** What a request would hold. */
let current: Loose | undefined;

beforeEach(() => {
  engine = memoryEngine();
});

async function open(key?: string): Promise<Loose> {
  const replace = (session: ExpressSession | undefined): void => {
    current = session && (asPlainObject(session) as Loose);
  };
  const session = new ExpressSession(engine, resolveSettings(), { replace }, key);
  await session.load();
  replace(session);
  return current!;
}

async function saved(values: Record<string, unknown>): Promise<string> {
  const session = await open();
  Object.assign(session, values);
  await session.save();
  return session.sessionKey!;
}

async function stored(key: string): Promise<unknown> {
  const found = await engine.fetch(key);
  return found && { ...found.values };
}

describe('A session as a plain object', () => {
  it('has its keys as properties', async () => {
    const session = await open(await saved({ visits: 1 }));
    session.visits++;
    session.user ??= { name: 'Ann' };
    delete session.nothing;
    expect('visits' in session).toBe(true);
    expect('nothing' in session).toBe(false);
    expect(session.nothing).toBeUndefined();
    expect(Object.keys(session)).toEqual(['visits', 'user']);
    expect(Object.assign({}, session)).toEqual({ visits: 2, user: { name: 'Ann' } });
    expect(JSON.stringify(session)).toBe('{"visits":2,"user":{"name":"Ann"}}');
    delete session.visits;
    expect(session.get('visits')).toBeUndefined();
  });

  it('counts reading and writing as Django does', async () => {
    const key = await saved({ visits: 1 });
    const read = await open(key);
    expect(read.accessed).toBe(false);
    expect(read.visits).toBe(1);
    expect(read).toMatchObject({ accessed: true, modified: false });
    const written = await open(key);
    written.visits = 2;
    expect(written.modified).toBe(true);
  });

  it('sees a change inside a value, as express-session does', async () => {
    const key = await saved({ hits: { '/': 1 } });
    const session = await open(key);
    session.hits['/'] += 1;
    expect(session.modified).toBe(true);
    await session.save();
    expect(await stored(key)).toEqual({ hits: { '/': 2 } });
    expect((await open(key)).modified).toBe(false);
  });

  it('is not read by a promise that resolves to it', async () => {
    const session = await open(await saved({ a: 1 }));
    await Promise.resolve(session);
    expect(session.accessed).toBe(false);
  });

  it('keeps the names of the session for the session', async () => {
    const session = await open();
    expect(() => {
      session.get = 1 as never;
    }).toThrow(
      '"get" is a name of the session itself. Write session.set(\'get\', …) to keep a value under it.',
    );
    session.set('get', 1);
    expect(session.get('get')).toBe(1);
    expect(session.hasOwnProperty('get')).toBe(false);
  });
});

describe('express-session’s methods', () => {
  it('regenerate() puts an empty session with another key in place', async () => {
    const key = await saved({ a: 1 });
    const before = await open(key);
    await new Promise((resolve) => before.regenerate(resolve));
    expect(current).not.toBe(before);
    expect(current!.id).not.toBe(key);
    expect(Object.keys(current!)).toEqual([]);
    expect(await stored(key)).toBeUndefined();
    // passport copies the old values when it is told to keep them.
    expect(before.a).toBe(1);
  });

  it('destroy() takes the session off the request and out of the store', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    await new Promise((resolve) => session.destroy(resolve));
    expect(current).toBeUndefined();
    expect(await stored(key)).toBeUndefined();
  });

  it('save() and reload() call back, with the error where there is one', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    session.a = 2;
    expect(await new Promise((resolve) => session.save(resolve))).toBeUndefined();
    session.a = 3;
    expect(await new Promise((resolve) => session.reload(resolve))).toBeUndefined();
    expect(session.a).toBe(2);
    await engine.drop(key);
    expect(await new Promise((resolve) => session.reload(resolve))).toBeInstanceOf(Error);
  });

  it('id is the key that the session will have', async () => {
    const session = await open();
    const { id } = session;
    expect(session.id).toBe(id);
    session.a = 1;
    await session.save();
    expect(session.sessionKey).toBe(id);
  });

  it('cookie shows and sets the expiry, in milliseconds', async () => {
    const session = await open();
    expect(session.cookie).toBeInstanceOf(expressSession.Cookie);
    expect(session.cookie).toMatchObject({ path: '/', httpOnly: true, sameSite: 'lax', maxAge: 1209600_000 });
    session.cookie.maxAge = 60_000;
    expect(session.getExpiryAge()).toBe(60);
    session.cookie.expires = new Date(Date.now() + 10_500);
    expect(session.getExpiryAge()).toBe(10);
    session.cookie.expires = false;
    expect(session.getExpireAtBrowserClose()).toBe(true);
    expect(session.cookie.maxAge).toBeUndefined();
    expect(session.cookie.toJSON()).toMatchObject({ originalMaxAge: null, expires: null, httpOnly: true });
  });
});
