import { createHmac, timingSafeEqual } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import type { SessionCookie } from './session/session-cookie.js';
import type { SessionSettings } from './settings.js';

/**
 * Writes session cookies and reads them.
 *
 * With a secret the value is `s:key.signature`, exactly as express-session writes it, so that visitors stay logged in
 * when an application moves from one to the other.
 */
export class SessionCookies {
  readonly #secrets: readonly string[];

  /** @param isSealed Whether the value is protected already. */
  constructor(
    private readonly settings: SessionSettings,
    isSealed = false,
  ) {
    this.#secrets = isSealed ? [] : settings.secrets;
  }

  /** Returns the key that a cookie's value claims; nothing when its signature is wrong. */
  read(value: string): string | undefined {
    if (this.#secrets.length === 0) return value;
    const dot = value.lastIndexOf('.');
    if (!value.startsWith('s:') || dot < 0) return undefined;
    const key = value.slice(2, dot);
    const signature = Buffer.from(value.slice(dot + 1));
    return this.#secrets.some((secret) => isSame(sign(key, secret), signature)) ? key : undefined;
  }

  /** Returns the `Set-Cookie` of a session; `age` in seconds, `undefined` for the browser session. */
  write(key: string, age: number | undefined, cookie: SessionCookie): string {
    const [secret] = this.#secrets;
    return stringifySetCookie({
      name: this.settings.cookieName,
      value: secret === undefined ? key : `s:${key}.${sign(key, secret).toString()}`,
      ...(age !== undefined && { maxAge: Math.floor(age), expires: new Date(Date.now() + age * 1000) }),
      httpOnly: cookie.httpOnly,
      path: cookie.path,
      domain: cookie.domain,
      secure: cookie.secure === true,
      sameSite: cookie.sameSite,
    });
  }

  /** Returns the `Set-Cookie` that makes the browser forget its session. */
  clear(): string {
    const { cookieName: name, cookiePath: path, cookieDomain: domain, cookieSameSite } = this.settings;
    return stringifySetCookie({
      name,
      value: '',
      maxAge: 0,
      expires: new Date(0),
      path,
      domain,
      // What browsers demand of such a cookie, they demand of the one that removes it.
      secure: /^__(?:Host|Secure)-/.test(name) || cookieSameSite === 'none',
      sameSite: cookieSameSite,
    });
  }
}

/** Signs as cookie-signature does: HMAC-SHA-256 in base64 without padding. */
function sign(key: string, secret: string): Buffer {
  return Buffer.from(createHmac('sha256', secret).update(key).digest('base64').replace(/=+$/, ''));
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
