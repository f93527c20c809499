import { type Duration, ImproperlyConfiguredError, toSeconds } from '@nest-quintet/core';
import type { SessionValues } from './serializer/session-serializer.js';

export type SameSite = 'lax' | 'strict' | 'none';

/** The settings of Django, in camelCase and with its defaults. */
export interface SessionSettingsOptions {
  /**
   * Signs the key in the cookie, in express-session's own format; the current secret first, then retired ones that are
   * still accepted. Without one the cookie holds the bare key, as in Django: 256 random bits need no signature.
   */
  secret?: string | readonly string[];
  /** Default `'sessionid'`. Django: `SESSION_COOKIE_NAME`. */
  cookieName?: string;
  /** How long a session lives after its last save. Default `'14d'`. Django: `SESSION_COOKIE_AGE`. */
  cookieAge?: Duration;
  /** Default: the host that answered. Django: `SESSION_COOKIE_DOMAIN`. */
  cookieDomain?: string;
  /** Default `'/'`. Django: `SESSION_COOKIE_PATH`. */
  cookiePath?: string;
  /** Default `false`, as in Django; set it wherever the site is served over HTTPS. Django: `SESSION_COOKIE_SECURE`. */
  cookieSecure?: boolean;
  /** Default `true`. Django: `SESSION_COOKIE_HTTPONLY`. */
  cookieHttpOnly?: boolean;
  /** Default `'lax'`; `false` leaves the attribute out. Django: `SESSION_COOKIE_SAMESITE`. */
  cookieSameSite?: SameSite | false;
  /** Whether every request that has a session saves it, and so extends its life. Default `false`. Django: `SESSION_SAVE_EVERY_REQUEST`. */
  saveEveryRequest?: boolean;
  /** Whether the cookie ends with the browser session. Default `false`. Django: `SESSION_EXPIRE_AT_BROWSER_CLOSE`. */
  expireAtBrowserClose?: boolean;
  /** How long to wait for the store before the request fails with 503. Default `5` seconds. */
  timeout?: Duration;
  /**
   * When sessions are read: `'early'`, before guards run, so that `request.session` can be used at once; or `'onDemand'`,
   * for handlers that declare `@Session()` and code that awaits `session.load()`, and for no other. Default `'early'`.
   */
  load?: 'early' | 'onDemand';
  /** Ends a session that is not used for so long, whatever its age. Default: no limit. */
  idleTimeout?: Duration;
  /** Ends a session so long after it began, however much it is used. Default: no limit. */
  absoluteTimeout?: Duration;
  /** Whose a session is: the key that holds the user's id, or a function that finds it. Default `'userId'`. */
  userId?: string | ((values: SessionValues) => unknown);
  /**
   * What `request.session = null` does: `'keep'` keeps the stored session as it was before the request, `'destroy'` removes
   * it. Default `'keep'`. express-session: `unset`.
   */
  unset?: 'keep' | 'destroy';
  /** Removes expired sessions so often, as `sessions.clearExpired()` does. Default: never. */
  clearExpiredEvery?: Duration;
}

export interface SessionSettings {
  readonly secrets: readonly string[];
  readonly cookieName: string;
  /** Seconds. */
  readonly cookieAge: number;
  readonly cookieDomain: string | undefined;
  readonly cookiePath: string;
  readonly cookieSecure: boolean;
  readonly cookieHttpOnly: boolean;
  readonly cookieSameSite: SameSite | false;
  readonly saveEveryRequest: boolean;
  readonly expireAtBrowserClose: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly load: 'early' | 'onDemand';
  /** Seconds. */
  readonly idleTimeout: number | undefined;
  /** Seconds. */
  readonly absoluteTimeout: number | undefined;
  readonly unset: 'keep' | 'destroy';
  readonly userIdOf: (values: SessionValues) => string | undefined;
  /** Seconds. */
  readonly clearExpiredEvery: number | undefined;
}

/**
 * Fills in the defaults.
 *
 * @throws ImproperlyConfiguredError when browsers would refuse the cookie, or a value cannot stand in a header.
 */
export function resolveSettings(options: SessionSettingsOptions = {}): SessionSettings {
  const { secret = [] } = options;
  const settings: SessionSettings = {
    secrets: typeof secret === 'string' ? [secret] : secret,
    cookieName: options.cookieName ?? 'sessionid',
    cookieAge: toSeconds(options.cookieAge ?? '14d', 'cookieAge'),
    cookieDomain: options.cookieDomain,
    cookiePath: options.cookiePath ?? '/',
    cookieSecure: options.cookieSecure ?? false,
    cookieHttpOnly: options.cookieHttpOnly ?? true,
    cookieSameSite: options.cookieSameSite ?? 'lax',
    saveEveryRequest: options.saveEveryRequest ?? false,
    expireAtBrowserClose: options.expireAtBrowserClose ?? false,
    timeout: toSeconds(options.timeout ?? 5, 'timeout'),
    load: options.load ?? 'early',
    idleTimeout: limit('idleTimeout'),
    absoluteTimeout: limit('absoluteTimeout'),
    unset: options.unset ?? 'keep',
    userIdOf: userIdReader(options.userId ?? 'userId'),
    clearExpiredEvery: limit('clearExpiredEvery'),
  };
  check(settings);
  return settings;

  function limit(name: 'idleTimeout' | 'absoluteTimeout' | 'clearExpiredEvery'): number | undefined {
    const { [name]: duration } = options;
    return duration === undefined ? undefined : toSeconds(duration, name);
  }
}

/** Ids are compared as text: `5` and `'5'` are one user. */
function userIdReader(userId: string | ((values: SessionValues) => unknown)): SessionSettings['userIdOf'] {
  const read = typeof userId === 'string' ? (values: SessionValues) => values[userId] : userId;
  return (values) => {
    const id = read(values);
    return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint'
      ? String(id)
      : undefined;
  };
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
// eslint-disable-next-line no-control-regex
const ATTRIBUTE = /^[^;,\s\u0000-\u001f\u007f]*$/;

function check(settings: SessionSettings): void {
  const { cookieName, cookiePath, cookieDomain, cookieSecure, cookieSameSite } = settings;
  if (settings.secrets.some((secret) => secret === '')) {
    fail('secret', 'is empty', 'Give a long random text, or leave it out');
  }
  if (!TOKEN.test(cookieName)) fail('cookieName', 'is no cookie name', 'Use letters, digits, "-" and "_"');
  if (!ATTRIBUTE.test(cookiePath) || !cookiePath.startsWith('/')) {
    fail('cookiePath', 'is no path', 'Start it with "/" and leave out spaces, commas and semicolons');
  }
  if (cookieDomain !== undefined && !/^[a-z0-9.:-]+$/i.test(cookieDomain)) {
    fail('cookieDomain', 'is no host name', 'Give one such as "example.com"');
  }
  if (![false, 'lax', 'strict', 'none'].includes(cookieSameSite)) {
    fail('cookieSameSite', 'is unknown', "Choose 'lax', 'strict', 'none' or false");
  }
  if (settings.cookieAge <= 0) fail('cookieAge', 'is not positive', "Give seconds, or a text such as '14d'");
  if (settings.timeout <= 0) fail('timeout', 'is not positive', 'Give the seconds that a request may wait');
  for (const name of ['idleTimeout', 'absoluteTimeout', 'clearExpiredEvery'] as const) {
    const seconds = settings[name];
    if (seconds !== undefined && seconds <= 0)
      fail(name, 'is not positive', "Give seconds, or a text such as '30m'; leave it out for none");
  }
  if (!['keep', 'destroy'].includes(settings.unset))
    fail('unset', 'is unknown', "Choose 'keep' or 'destroy'");
  if (!['early', 'onDemand'].includes(settings.load)) {
    fail('load', 'is unknown', "Choose 'early' or 'onDemand'");
  }
  if (cookieSecure) {
    if (!cookieName.startsWith('__Host-') || (cookiePath === '/' && cookieDomain === undefined)) return;
    fail(
      'cookieName',
      'starts with "__Host-"',
      'Leave out cookieDomain and cookiePath, which browsers then refuse',
    );
  }
  if (/^__(?:Host|Secure)-/.test(cookieName)) {
    fail('cookieName', 'asks for a secure cookie', 'Set cookieSecure: true, or browsers refuse it');
  }
  if (cookieSameSite === 'none') {
    fail(
      'cookieSameSite',
      "'none' asks for a secure cookie",
      'Set cookieSecure: true, or browsers refuse it',
    );
  }

  function fail(name: keyof SessionSettings | 'secret', problem: string, remedy: string): never {
    const value = name === 'secret' ? '' : ` ${JSON.stringify(settings[name])}`;
    throw new ImproperlyConfiguredError(`SessionsModule: ${name}${value} ${problem}. ${remedy}.`);
  }
}
