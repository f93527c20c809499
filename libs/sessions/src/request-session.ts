import type { HttpRequest } from '@nest-quintet/middleware';
import type { ExpressSession, SessionHost } from './session/express-session.js';
import { isSessionKey } from './session/session-key.js';
import { asPlainObject } from './session/session-proxy.js';
import type { Sessions } from './sessions.service.js';

/** Keeps the session of one request and shows it where express-session would: `req.session` and its companions. */
export class RequestSession implements SessionHost {
  /** The session to save when the response leaves, even if the application has taken it off the request. */
  session!: ExpressSession;

  constructor(
    private readonly request: HttpRequest,
    private readonly sessions: Sessions,
  ) {}

  /** Loads the session that the visitor claims; without a claim nothing is asked of the store. */
  async open(claimedKey: string | undefined): Promise<void> {
    const isClaim = claimedKey !== undefined && isSessionKey(claimedKey);
    const session = this.sessions.open(this, isClaim ? claimedKey : undefined);
    await session.load();
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
}
