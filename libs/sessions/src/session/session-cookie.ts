import expressSession, { type Cookie as ExpressCookie } from 'express-session';
import type { SessionSettings } from '../settings.js';
import type { Session } from './session.js';

/** The attributes as express-session's own class holds them, its accessors seen as such. */
interface CookieAttributes extends Pick<
  ExpressCookie,
  'path' | 'domain' | 'secure' | 'httpOnly' | 'sameSite' | 'maxAge' | 'expires' | 'originalMaxAge'
> {}

const Cookie = expressSession.Cookie as unknown as new (options: object) => CookieAttributes;

/**
 * Shows a session's expiry and cookie attributes as express-session users know them, in milliseconds.
 *
 * `expires` and `maxAge` are the session's own expiry; the other attributes are those of this response's cookie.
 */
export class SessionCookie extends Cookie {
  // express-session's constructor assigns to the accessors before there is a session.
  readonly #session: Session | undefined;

  constructor(session: Session, settings: SessionSettings) {
    super({
      path: settings.cookiePath,
      domain: settings.cookieDomain,
      secure: settings.cookieSecure,
      httpOnly: settings.cookieHttpOnly,
      sameSite: settings.cookieSameSite,
    });
    this.#session = session;
  }

  override get expires(): Date | null {
    const session = SessionCookie.#sessionOf(this);
    return session?.getExpireAtBrowserClose() === false ? session.getExpiryDate() : null;
  }

  override set expires(expires: Date | null | false | undefined) {
    SessionCookie.#sessionOf(this)?.setExpiry(expires || 0);
  }

  override get maxAge(): number | undefined {
    const session = SessionCookie.#sessionOf(this);
    return session?.getExpireAtBrowserClose() === false ? session.getExpiryAge() * 1000 : undefined;
  }

  override set maxAge(milliseconds: number | null | undefined) {
    // Zero means "at once" here, and "with the browser session" to setExpiry().
    const expiry = milliseconds === 0 ? new Date() : (milliseconds ?? 0) / 1000;
    SessionCookie.#sessionOf(this)?.setExpiry(expiry);
  }

  override get originalMaxAge(): number | null {
    return this.maxAge ?? null;
  }

  override set originalMaxAge(milliseconds: number | null) {
    // Derived from the session's expiry; express-session's constructor and touch() assign it.
    void milliseconds;
  }

  get data(): object {
    const { originalMaxAge, expires, secure, httpOnly, domain, path, sameSite } = this;
    return { originalMaxAge, expires, secure, httpOnly, domain, path, sameSite };
  }

  toJSON(): object {
    return this.data;
  }

  static #sessionOf(cookie: SessionCookie): Session | undefined {
    return #session in cookie ? cookie.#session : undefined;
  }
}
