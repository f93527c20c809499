import type { IncomingMessage } from 'node:http';
import { type HttpRequest, onResponse } from '@nest-quintet/middleware';
import type { HttpResponse } from '@nest-quintet/middleware';
import type { ExpressSession, SessionHost } from './session/express-session.js';
import type { Unlock } from './session/session-backend.js';
import { STATE } from './session/session.js';
import { asPlainObject, type SessionObject } from './session/session-proxy.js';
import type { Sessions } from './sessions.service.js';

const CURRENT = Symbol('session of the request');

type Carrier = { [CURRENT]?: RequestSession; raw?: IncomingMessage };

/**
 * Keeps the session of one request and shows it where express-session would: `req.session` and its companions.
 *
 * Nothing is made before somebody asks: most requests of most sites never do.
 */
export class RequestSession implements SessionHost {
  #session: ExpressSession | undefined;
  #shown: SessionObject | null | undefined;
  #unlock: Unlock | undefined;

  /** @param onMade Called with the response as soon as it is made, if the session was opened. */
  constructor(
    private readonly request: HttpRequest,
    private readonly sessions: Sessions,
    private readonly onMade: (response: HttpResponse, session: ExpressSession) => void,
  ) {
    (request.raw as Carrier)[CURRENT] = this;
    request.define('session', {
      get: () => {
        this.open();
        return this.#shown;
      },
      set: (session: SessionObject | null | undefined) => (this.#shown = session),
      configurable: true,
      enumerable: true,
    });
    request.define('sessionID', { get: () => this.open().id, configurable: true });
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
    const session = this.sessions.open(
      this,
      cookie === undefined ? undefined : this.sessions.cookies.read(cookie),
    );
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
