import type { IncomingMessage } from 'node:http';
import { type HttpRequest, onResponse } from '@nest-quintet/middleware';
import type { HttpResponse } from '@nest-quintet/middleware';
import type { ExpressSession, SessionHost } from './session/express-session.js';
import type { Unlock } from './session/session-backend.js';
import { STATE } from './session/session.js';
import { asPlainObject, type SessionObject } from './session/session-proxy.js';
import type { SessionClaim } from './session-cookies.js';
import type { Sessions } from './sessions.service.js';

const CURRENT = Symbol('session of the request');

type Carrier = { [CURRENT]?: RequestSession; raw?: IncomingMessage };

// The same for every request, so that requests keep one shape: accessors of their own would give each its own.
const SESSION: PropertyDescriptor = {
  get(this: object) {
    return RequestSession.of(this)?.shown;
  },
  set(this: object, session: SessionObject | null | undefined) {
    const current = RequestSession.of(this);
    if (current) current.shown = session;
  },
  configurable: true,
  enumerable: true,
};
const SESSION_ID: PropertyDescriptor = {
  get(this: object) {
    return RequestSession.of(this)?.open().id;
  },
  configurable: true,
};

/**
 * Keeps the session of one request and shows it where express-session would: `req.session` and its companions.
 *
 * Nothing is made before somebody asks: most requests of most sites never do.
 */
export class RequestSession implements SessionHost {
  #session: ExpressSession | undefined;
  #shown: SessionObject | null | undefined;
  #unlock: Unlock | undefined;
  #claim: SessionClaim | undefined;

  /** @param onMade Called with the response as soon as it is made, if the session was opened. */
  constructor(
    private readonly request: HttpRequest,
    private readonly sessions: Sessions,
    private readonly onMade: (response: HttpResponse, session: ExpressSession) => void,
  ) {
    (request.raw as Carrier)[CURRENT] = this;
    request.define('session', SESSION);
    request.define('sessionID', SESSION_ID);
  }

  /** Finds the session of a request as guards and handlers have it: Express's or Fastify's. */
  static of(request: object): RequestSession | undefined {
    const { raw, [CURRENT]: own } = request as Carrier;
    return own ?? (raw as Carrier | undefined)?.[CURRENT];
  }

  /** The session to save when the response leaves, even if the application has taken it off the request. */
  get session(): ExpressSession | undefined {
    return this.#session;
  }

  /** What `request.session` is. */
  get shown(): SessionObject | null | undefined {
    this.open();
    return this.#shown;
  }

  set shown(session: SessionObject | null | undefined) {
    this.#shown = session;
  }

  /** What the visitor's cookie claims, once the session was opened. */
  get claim(): SessionClaim | undefined {
    return this.#claim;
  }

  /** Whether the application has set `request.session` to nothing, as users of express-session do. */
  get isUnset(): boolean {
    return this.#shown == null;
  }

  /** The value of the session cookie, as it came. */
  get cookie(): string | undefined {
    return this.request.cookies[this.sessions.settings.cookieName];
  }

  /** Returns the session that the visitor claims; it is not loaded yet. */
  open(): ExpressSession {
    if (this.#session) return this.#session;
    const { cookie } = this;
    if (cookie !== undefined) this.#claim = this.sessions.cookies.read(cookie);
    const session = this.sessions.open(this, this.#claim?.key);
    // Without a key there is nothing to be read, and nothing to wait for.
    if (this.sessions.settings.load === 'early' && cookie === undefined) void session.load();
    this.replace(session);
    this.request.define('sessionStore', {
      value: this.sessions.engine,
      configurable: true,
      writable: true,
      enumerable: false,
    });
    this.#watchResponse();
    return session;
  }

  replace(session: ExpressSession | undefined): void {
    if (session) this.#session = session;
    this.#shown = session && asPlainObject(session);
  }

  /** Lets no other request with a lock use the session until the response is made; then reads it again. */
  async lock(wait: number): Promise<void> {
    const session = this.open();
    const key = session[STATE].claimedKey;
    if (key !== undefined && this.#unlock === undefined) this.#unlock = await this.sessions.lock(key, wait);
    await session[STATE].refresh();
  }

  get isLocked(): boolean {
    return this.#unlock !== undefined;
  }

  async unlock(): Promise<void> {
    await this.#unlock?.();
  }

  #watchResponse(): void {
    try {
      // First of all, so that a page cache further in sees what the page varies on.
      onResponse(this.request, (response) => this.onMade(response, this.#session!), { first: true });
    } catch {
      // The response is made already: a handler that streams has opened the session after its first byte.
    }
  }
}
