import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import type { SessionCookie } from './session/session-cookie.js';
import type { SessionSettings } from './settings.js';

/** What the value of a visitor's cookie claims. */
export interface SessionClaim {
  readonly key: string;
  /** The value, where it is what we would write for this key again. */
  readonly value: string | undefined;
}

/**
 * Writes session cookies and reads them.
 *
 * With a secret the value is `s:key.signature`, exactly as express-session writes it, so that visitors stay logged in
 * when an application moves from one to the other.
 */
export class SessionCookies {
  readonly #secrets: readonly KeyObject[];
  /** What comes before and after `Expires`, as most sessions have it. */
  readonly #attributes: { readonly head: string; readonly tail: string };

  /** @param isSealed Whether the value is protected already. */
  constructor(
    private readonly settings: SessionSettings,
    isSealed = false,
  ) {
    this.#secrets = isSealed ? [] : settings.secrets.map((secret) => createSecretKey(secret, 'utf8'));
    const { cookieName: name, cookiePath: path, cookieDomain: domain } = settings;
    const { cookieHttpOnly: httpOnly, cookieSecure: secure, cookieSameSite: sameSite } = settings;
    const written = (attributes: object) =>
      stringifySetCookie({ name, value: '', ...attributes }).slice(name.length + 1);
    this.#attributes = { head: written({ path, domain }), tail: written({ httpOnly, secure, sameSite }) };
  }

  /** Returns what a cookie's value claims; nothing when its signature is wrong. */
  read(value: string): SessionClaim | undefined {
    if (this.#secrets.length === 0) return { key: value, value };
    const dot = value.lastIndexOf('.');
    if (!value.startsWith('s:') || dot < 0) return undefined;
    const key = value.slice(2, dot);
    const signature = Buffer.from(value.slice(dot + 1));
    const signer = this.#secrets.findIndex((secret) => isSame(Buffer.from(sign(key, secret)), signature));
    return signer < 0 ? undefined : { key, value: signer === 0 ? value : undefined };
  }

  /**
   * Returns the `Set-Cookie` of a session.
   *
   * @param age Seconds; `undefined` for the browser session.
   * @param cookie The attributes, where the application may have set its own.
   * @param claim What the visitor's cookie claimed: the signature of that key is known already.
   */
  write(key: string, age: number | undefined, cookie?: SessionCookie, claim?: SessionClaim): string {
    const name = this.settings.cookieName;
    const value = claim?.key === key && claim.value !== undefined ? claim.value : this.#value(key);
    const expiry =
      age === undefined ? {} : { maxAge: Math.floor(age), expires: new Date(Date.now() + age * 1000) };
    if (!cookie) {
      const { head, tail } = this.#attributes;
      const { maxAge, expires } = expiry;
      const start = `${name}=${encodeURIComponent(value)}`;
      if (!expires) return start + head + tail;
      return `${start}; Max-Age=${maxAge}${head}; Expires=${expires.toUTCString()}${tail}`;
    }
    return stringifySetCookie({
      name,
      value,
      ...expiry,
      httpOnly: cookie.httpOnly,
      path: cookie.path,
      domain: cookie.domain,
      secure: cookie.secure === true,
      sameSite: cookie.sameSite,
    });
  }

  #value(key: string): string {
    const [secret] = this.#secrets;
    return secret === undefined ? key : `s:${key}.${sign(key, secret)}`;
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
function sign(key: string, secret: KeyObject): string {
  // 32 bytes are 44 characters, of which one is padding.
  return createHmac('sha256', secret).update(key).digest('base64').slice(0, -1);
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
