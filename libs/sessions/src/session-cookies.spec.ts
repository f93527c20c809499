import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { memoryEngine } from './engines/memory.engine.js';
import { SessionCookies } from './session-cookies.js';
import { makeSessionKey } from './session/session-key.js';
import { Session } from './session/session.js';
import { SessionCookie } from './session/session-cookie.js';
import { resolveSettings, type SessionSettingsOptions } from './settings.js';

const key = makeSessionKey();

function cookies(options: SessionSettingsOptions = {}) {
  const settings = resolveSettings(options);
  const attributes = new SessionCookie(new Session(memoryEngine(), settings), settings);
  return {
    read: (value: string) => new SessionCookies(settings).read(value)?.key,
    write: (age?: number) => new SessionCookies(settings).write(key, age, attributes),
    clear: () => new SessionCookies(settings).clear(),
    /** The value as a browser sends it back. */
    value: () =>
      decodeURIComponent(/=([^;]*)/.exec(new SessionCookies(settings).write(key, 1, attributes))![1]!),
  };
}

describe('SessionCookies', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: new Date('2024-05-01T12:00:00Z') });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('writes the cookie of Django', () => {
    expect(attributesOf(cookies().write(1209600))).toEqual(
      [
        `sessionid=${key}`,
        'Expires=Wed, 15 May 2024 12:00:00 GMT',
        'HttpOnly',
        'Max-Age=1209600',
        'Path=/',
        'SameSite=Lax',
      ].sort(),
    );
  });

  it('leaves the expiry out for the browser session', () => {
    expect(attributesOf(cookies().write())).toEqual(
      [`sessionid=${key}`, 'HttpOnly', 'Path=/', 'SameSite=Lax'].sort(),
    );
  });

  it('writes every attribute that is configured', () => {
    const { write } = cookies({
      cookieName: 'sid',
      cookieDomain: 'shop.example',
      cookiePath: '/shop',
      cookieSecure: true,
      cookieHttpOnly: false,
      cookieSameSite: 'strict',
    });
    expect(attributesOf(write())).toEqual(
      [`sid=${key}`, 'Domain=shop.example', 'Path=/shop', 'SameSite=Strict', 'Secure'].sort(),
    );
    expect(cookies({ cookieSameSite: false }).write()).not.toMatch(/samesite/i);
  });

  it('removes the cookie where it was set', () => {
    expect(attributesOf(cookies({ cookiePath: '/shop', cookieDomain: 'shop.example' }).clear())).toEqual(
      [
        'sessionid=',
        'Domain=shop.example',
        'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
        'Max-Age=0',
        'Path=/shop',
        'SameSite=Lax',
      ].sort(),
    );
  });

  it('removes a cookie with a prefix as browsers demand it', () => {
    expect(cookies({ cookieName: '__Host-sid', cookieSecure: true }).clear()).toMatch(/; Secure/);
    expect(cookies({ cookieSameSite: 'none', cookieSecure: true }).clear()).toMatch(/; Secure/);
    expect(cookies({ cookieSecure: true }).clear()).not.toMatch(/Secure/);
  });

  it('takes the bare key where there is no secret', () => {
    expect(cookies().read(key)).toBe(key);
  });

  it('signs with the first secret and accepts every other', () => {
    const old = cookies({ secret: 'previous' });
    const both = cookies({ secret: ['current', 'previous'] });
    expect(both.read(old.value())).toBe(key);
    expect(both.read(both.value())).toBe(key);
    expect(old.read(both.value())).toBeUndefined();
  });

  it('signs anew what a retired secret signed, or what another key is in', () => {
    const settings = resolveSettings({ secret: ['current', 'previous'] });
    const written = new SessionCookies(settings);
    const retired = written.read(cookies({ secret: 'previous' }).value());
    const current = written.read(cookies({ secret: 'current' }).value());
    const fresh = written.write(key, 1);
    expect(retired?.key).toBe(key);
    for (const claim of [retired, current]) expect(written.write(key, 1, undefined, claim)).toBe(fresh);
    const other = makeSessionKey();
    expect(written.write(other, 1, undefined, current)).toBe(written.write(other, 1));
    expect(written.write(other, 1)).not.toBe(fresh);
  });

  it('writes the same cookie, whether the application has looked at its attributes or not', () => {
    for (const options of [{}, { cookieDomain: 'shop.example', cookieSecure: true, cookieHttpOnly: false }]) {
      const settings = resolveSettings({ ...options, cookiePath: '/shop' });
      const looked = new SessionCookie(new Session(memoryEngine(), settings), settings);
      for (const age of [undefined, 0, 1.5, 60])
        expect(new SessionCookies(settings).write(key, age)).toBe(
          new SessionCookies(settings).write(key, age, looked),
        );
    }
  });

  it('refuses a change of any single character', () => {
    const signed = cookies({ secret: 'secret' });
    const value = signed.value();
    for (let at = 0; at < value.length; at++) {
      const changed = value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1);
      expect(signed.read(changed)).toBeUndefined();
    }
    for (const other of ['', key, `s:${key}`, `s:${key}.`, `${value}=`])
      expect(signed.read(other)).toBeUndefined();
  });
});

function attributesOf(setCookie: string): string[] {
  return setCookie.split('; ').sort();
}
