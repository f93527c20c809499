import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MemoryEngine, memoryEngine } from '../engines/memory.engine.js';
import { SessionInterruptedError, SessionNotLoadedError } from '../errors.js';
import { resolveSettings, type SessionSettingsOptions } from '../settings.js';
import { Session } from './session.js';

let engine: MemoryEngine;

beforeEach(() => {
  engine = memoryEngine();
});

/** Opens the session as the middleware does. */
async function open(key?: string, options?: SessionSettingsOptions): Promise<Session> {
  const session = new Session(engine, resolveSettings(options), key);
  await session.load();
  return session;
}

async function saved(values: Record<string, unknown>): Promise<string> {
  const session = await open();
  session.update(values);
  await session.save();
  return session.sessionKey!;
}

async function stored(key: string): Promise<unknown> {
  const found = await engine.fetch(key);
  return found && { ...found.values };
}

describe('Session values', () => {
  it('are read and written as in Django', async () => {
    const session = await open();
    expect(session.get('a')).toBeUndefined();
    expect(session.get('a', 'd')).toBe('d');
    session.set('a', 1).set('b', null);
    expect(session.get('b', 'd')).toBeNull();
    expect(session.has('b')).toBe(true);
    expect(session.setDefault('a', 9)).toBe(1);
    expect(session.setDefault('c', 9)).toBe(9);
    session.update({ d: 4 });
    expect(session.keys()).toEqual(['a', 'b', 'c', 'd']);
    expect(session.values()).toEqual([1, null, 9, 4]);
    expect(session.entries()[0]).toEqual(['a', 1]);
    expect(session.pop('a')).toBe(1);
    expect(session.pop('a', 'gone')).toBe('gone');
    expect(session.delete('b')).toBe(true);
    expect(session.delete('b')).toBe(false);
    session.clear();
    expect(session.keys()).toEqual([]);
  });

  it('have no names from JavaScript, and cannot be given a prototype', async () => {
    const session = await open();
    expect(session.has('constructor')).toBe(false);
    expect(session.get('toString')).toBeUndefined();
    expect(() => session.set('__proto__', { admin: true })).toThrow('"__proto__" cannot be a key');
    expect(() =>
      session.update(JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>),
    ).toThrow(TypeError);
    session.set('constructor', 1);
    await session.save();
    expect((await open(session.sessionKey)).get('constructor')).toBe(1);
    expect({}).not.toHaveProperty('admin');
  });
});

describe('Session.accessed and Session.modified', () => {
  it('stay false while nobody looks at the values', async () => {
    const session = await open(await saved({ a: 1 }));
    session.isEmpty();
    expect(session.sessionKey).toBeDefined();
    expect(session).toMatchObject({ accessed: false, modified: false });
  });

  it.each<[string, (session: Session) => unknown]>([
    ['get', (session) => session.get('a')],
    ['has', (session) => session.has('zz')],
    ['keys', (session) => session.keys()],
    ['getExpiryAge', (session) => session.getExpiryAge()],
    ['delete of a missing key', (session) => session.delete('zz')],
    ['pop of a missing key', (session) => session.pop('zz')],
    ['setDefault of a present key', (session) => session.setDefault('a', 2)],
  ])('%s is an access', async (_, read) => {
    const session = await open(await saved({ a: 1 }));
    read(session);
    expect(session).toMatchObject({ accessed: true, modified: false });
  });

  it.each<[string, (session: Session) => unknown]>([
    ['set', (session) => session.set('a', 1)],
    ['delete', (session) => session.delete('a')],
    ['update with nothing', (session) => session.update({})],
    ['clear', (session) => session.clear()],
    ['setExpiry', (session) => session.setExpiry(60)],
    ['setTestCookie', (session) => session.setTestCookie()],
    ['flush', (session) => session.flush()],
    ['cycleKey', (session) => session.cycleKey()],
    ['create', (session) => session.create()],
  ])('%s is a change', async (_, change) => {
    const session = await open(await saved({ a: 1 }));
    await change(session);
    expect(session).toMatchObject({ accessed: true, modified: true });
  });

  it('do not see a change inside a value, until told', async () => {
    const key = await saved({ list: [1] });
    const session = await open(key);
    session.get<number[]>('list')!.push(2);
    expect(session.modified).toBe(false);
    session.modified = true;
    await session.save();
    expect(await stored(key)).toEqual({ list: [1, 2] });
  });
});

describe('Session.save()', () => {
  it('makes a key of 256 random bits for a new session', async () => {
    const session = await open();
    expect(session.sessionKey).toBeUndefined();
    session.set('a', 1);
    await session.save();
    expect(Buffer.from(session.sessionKey!, 'base64url')).toHaveLength(32);
  });

  it('never adopts a key that stands for nothing', async () => {
    const claimed = 'a-key-that-the-visitor-chose-for-us';
    const session = await open(claimed);
    expect(session.sessionKey).toBeUndefined();
    session.set('a', 1);
    await session.save();
    expect(session.sessionKey).not.toBe(claimed);
    expect(await engine.fetch(claimed)).toBeUndefined();
  });

  it('writes changed keys over what another request wrote', async () => {
    const key = await saved({ a: 1, b: 1 });
    const [first, second] = [await open(key), await open(key)];
    first.set('a', 2);
    second.set('c', 3);
    second.delete('b');
    await first.save();
    await second.save();
    expect(await stored(key)).toEqual({ a: 2, c: 3 });
    expect(second.get('a')).toBe(2);
  });

  it('writes a change inside a value only where there is one', async () => {
    const key = await saved({ cart: [1], seen: [1] });
    const [first, second] = [await open(key), await open(key)];
    first.get<number[]>('cart')!.push(2);
    second.get<number[]>('seen')!.push(2);
    second.get('cart');
    for (const session of [first, second]) {
      session.modified = true;
      await session.save();
    }
    expect(await stored(key)).toEqual({ cart: [1, 2], seen: [1, 2] });
  });

  it('keeps the values that the handler holds, so that it can go on changing them', async () => {
    const key = await saved({ cart: [1] });
    const session = await open(key);
    const cart = session.get<number[]>('cart')!;
    cart.push(2);
    session.modified = true;
    await session.save();
    cart.push(3);
    await session.save();
    expect(await stored(key)).toEqual({ cart: [1, 2, 3] });
  });

  it('sees what became of a value that was set and saved before', async () => {
    const session = await open();
    const cart = [1];
    session.set('cart', cart);
    await session.save();
    cart.push(2);
    await session.save();
    expect(await stored(session.sessionKey!)).toEqual({ cart: [1, 2] });
  });

  it('fails when the session was deleted meanwhile, and does not bring it back', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    session.set('a', 2);
    await (await open(key)).flush();
    await expect(session.save()).rejects.toThrow(SessionInterruptedError);
    expect(await stored(key)).toBeUndefined();
  });
});

describe('Session.flush()', () => {
  it('removes everything, and what follows gets a new key', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    await session.flush();
    expect(session.isEmpty()).toBe(true);
    expect(await stored(key)).toBeUndefined();
    session.set('b', 2);
    await session.save();
    expect(session.sessionKey).not.toBe(key);
    expect(await stored(session.sessionKey!)).toEqual({ b: 2 });
  });
});

describe('Session.cycleKey()', () => {
  it('moves the values to a new key and makes the old one worthless', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    session.set('b', 2);
    await session.cycleKey();
    expect(session.sessionKey).not.toBe(key);
    expect(await stored(key)).toBeUndefined();
    expect(await stored(session.sessionKey!)).toEqual({ a: 1, b: 2 });
  });

  it('takes along what another request wrote meanwhile', async () => {
    const key = await saved({ a: 1 });
    const [login, other] = [await open(key), await open(key)];
    other.set('b', 2);
    await other.save();
    await login.cycleKey();
    expect(await stored(login.sessionKey!)).toEqual({ a: 1, b: 2 });
  });

  it('does not bring back a session that was deleted meanwhile', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    await (await open(key)).flush();
    await expect(session.cycleKey()).rejects.toThrow(SessionInterruptedError);
  });

  it('stores an empty session where there was none', async () => {
    const session = await open();
    await session.cycleKey();
    expect(session.isEmpty()).toBe(false);
    expect(await stored(session.sessionKey!)).toEqual({});
  });
});

describe('Session.reload()', () => {
  it('throws away what was changed and shows what is stored', async () => {
    const key = await saved({ a: 1 });
    const session = await open(key);
    session.set('a', 2);
    await session.reload();
    expect(session.get('a')).toBe(1);
    expect(session.modified).toBe(false);
  });
});

describe('Session expiry', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2024-05-01T12:00:00Z') });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('is that of the settings until the session says otherwise', async () => {
    const session = await open();
    expect(session.getExpiryAge()).toBe(1209600);
    expect(session.getExpiryDate()).toEqual(new Date('2024-05-15T12:00:00Z'));
    expect(session.getExpireAtBrowserClose()).toBe(false);
    expect((await open(undefined, { expireAtBrowserClose: true })).getExpireAtBrowserClose()).toBe(true);
  });

  it('takes seconds and texts, which start anew with each save', async () => {
    const session = await open();
    session.setExpiry('1h');
    jest.setSystemTime(new Date('2024-05-01T12:10:00Z'));
    expect(session.getExpiryAge()).toBe(3600);
    session.setExpiry(-10);
    expect(session.getExpiryAge()).toBe(-10);
  });

  it('takes a moment, which stays', async () => {
    const session = await open();
    session.setExpiry(new Date('2024-05-02T12:00:00Z'));
    expect(session.getExpiryAge()).toBe(86400);
    jest.setSystemTime(new Date('2024-05-01T13:00:00Z'));
    expect(session.getExpiryAge()).toBe(82800);
    expect(session.getExpiryDate()).toEqual(new Date('2024-05-02T12:00:00Z'));
  });

  it('takes 0 for the browser session and null for the settings', async () => {
    const session = await open(undefined, { expireAtBrowserClose: true });
    session.setExpiry(300);
    expect(session.getExpireAtBrowserClose()).toBe(false);
    session.setExpiry(0);
    expect(session.getExpireAtBrowserClose()).toBe(true);
    expect(session.getExpiryAge()).toBe(1209600);
    session.setExpiry(null);
    expect(session.keys()).toEqual([]);
  });

  it('is the store’s as well', async () => {
    const session = await open();
    session.setExpiry(60);
    await session.save();
    jest.setSystemTime(new Date('2024-05-01T12:01:00Z'));
    expect(await stored(session.sessionKey!)).toBeUndefined();
  });
});

describe('Session test cookie', () => {
  it('works when the next request brings it back', async () => {
    const first = await open();
    expect(first.testCookieWorked()).toBe(false);
    first.setTestCookie();
    await first.save();
    const second = await open(first.sessionKey);
    expect(second.testCookieWorked()).toBe(true);
    second.deleteTestCookie();
    expect(second.testCookieWorked()).toBe(false);
  });
});

describe('Session.load()', () => {
  it('has to come before the values of a session that has a key', async () => {
    const session = new Session(engine, resolveSettings(), await saved({ a: 1 }));
    expect(() => session.get('a')).toThrow(SessionNotLoadedError);
    await session.load();
    expect(session.get('a')).toBe(1);
  });

  it('keeps a failure of the store for whoever touches the session', async () => {
    const failure = new Error('connection refused');
    engine = new (class extends MemoryEngine {
      protected override read(): Promise<never> {
        return Promise.reject(failure);
      }
    })();
    const session = await open('some-key-of-a-visitor');
    expect(session.isEmpty()).toBe(false);
    expect(() => session.get('a')).toThrow(failure);
    await expect(session.save()).rejects.toThrow(failure);
  });
});
