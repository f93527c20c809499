import { contextKey } from '@nest-quintet/core';
import type { HttpRequest } from '@nest-quintet/middleware';
import type { ExpressSession, SessionHost } from './session/express-session.js';
import type { Unlock } from './session/session-backend.js';
import { STATE } from './session/session.js';
import { asPlainObject } from './session/session-proxy.js';
import type { Sessions } from './sessions.service.js';

/** The session of the current request. */
export const currentSession = contextKey<RequestSession>('sessions.current');

/** Keeps the session of one request and shows it where express-session would: `req.session` and its companions. */
export class RequestSession implements SessionHost {
  /** The session to save when the response leaves, even if the application has taken it off the request. */
  session!: ExpressSession;
  #unlock: Unlock | undefined;

  constructor(
    private readonly request: HttpRequest,
    private readonly sessions: Sessions,
  ) {}

  /** Opens the session that the visitor claims; without a claim nothing is asked of the store. */
  async open(claimedKey: string | undefined): Promise<void> {
    const session = this.sessions.open(this, claimedKey);
    if (this.sessions.settings.load === 'early') await session.load();
    this.request.context.set(currentSession, this);
    this.replace(session);
    this.request.define('sessionID', { get: () => this.session.id, configurable: true, enumerable: false });
    this.request.define('sessionStore', {
      value: this.sessions.engine,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  }

  replace(session: ExpressSession | undefined): void {
    if (session) this.session = session;
    this.request.expose('session', session && asPlainObject(session));
  }

  /** Whether the application has set `request.session` to nothing, as users of express-session do. */
  get isUnset(): boolean {
    return (this.request.platform as { session?: unknown }).session == null;
  }

  /** Lets no other request with a lock use the session until the response is made; then reads it again. */
  async lock(wait: number): Promise<void> {
    const key = this.session[STATE].claimedKey;
    if (key !== undefined && this.#unlock === undefined) this.#unlock = await this.sessions.lock(key, wait);
    await this.session[STATE].refresh();
  }

  async unlock(): Promise<void> {
    await this.#unlock?.();
  }
}
