import { describe, expect, it } from '@jest/globals';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { resolveSettings, type SessionSettingsOptions } from './settings.js';

describe('resolveSettings()', () => {
  it('has the defaults of Django', () => {
    expect(resolveSettings()).toEqual({
      secrets: [],
      cookieName: 'sessionid',
      cookieAge: 1209600,
      cookieDomain: undefined,
      cookiePath: '/',
      cookieSecure: false,
      cookieHttpOnly: true,
      cookieSameSite: 'lax',
      saveEveryRequest: false,
      expireAtBrowserClose: false,
      timeout: 5,
      load: 'early',
      unset: 'keep',
      userIdOf: expect.any(Function),
    });
  });

  it('takes one secret or several, and ages as text', () => {
    expect(resolveSettings({ secret: 'a', cookieAge: '1h' })).toMatchObject({
      secrets: ['a'],
      cookieAge: 3600,
    });
    expect(resolveSettings({ secret: ['b', 'a'] })).toMatchObject({ secrets: ['b', 'a'] });
  });

  it('accepts the prefixes that browsers know, on a cookie that earns them', () => {
    expect(() => resolveSettings({ cookieName: '__Host-sid', cookieSecure: true })).not.toThrow();
    expect(() =>
      resolveSettings({ cookieName: '__Secure-sid', cookieSecure: true, cookiePath: '/shop' }),
    ).not.toThrow();
  });

  it.each<[SessionSettingsOptions, string]>([
    [{ secret: ['good', ''] }, 'SessionsModule: secret is empty.'],
    [{ cookieName: 'a b' }, 'cookieName "a b" is no cookie name.'],
    [{ cookiePath: '/; Domain=evil.example' }, 'cookiePath "/; Domain=evil.example" is no path.'],
    [{ cookieDomain: 'a.example\r\nX: y' }, 'is no host name.'],
    [{ cookieSameSite: 'None' as never }, "Choose 'lax', 'strict', 'none' or false."],
    [{ cookieSameSite: 'none' }, 'Set cookieSecure: true'],
    [{ cookieName: '__Secure-sid' }, 'Set cookieSecure: true'],
    [{ cookieName: '__Host-sid', cookieSecure: true, cookieDomain: 'a.example' }, 'Leave out cookieDomain'],
    [{ cookieAge: 0 }, 'cookieAge 0 is not positive.'],
    [{ cookieAge: 'soon' }, 'cookieAge: "soon" is no duration.'],
    [{ timeout: -1 }, 'timeout -1 is not positive.'],
  ])('refuses %j', (options, message) => {
    expect(() => resolveSettings(options)).toThrow(ImproperlyConfiguredError);
    expect(() => resolveSettings(options)).toThrow(message);
  });
});
