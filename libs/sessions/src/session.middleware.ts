import { Injectable, type Type } from '@nestjs/common';
import {
  type HttpRequest,
  type HttpResponse,
  type Middleware,
  type NextResponse,
  patchVary,
} from '@nest-quintet/middleware';
import { RequestSession } from './request-session.js';
import { STATE } from './session/session.js';
import { expiryAge, isDueForRenewal as isDue } from './session/session-expiry.js';
import { COOKIE, type ExpressSession } from './session/express-session.js';
import { areSessionsWatched, watchSession } from './session-fact.js';
import { checkSessionOrder } from './session-order.js';
import { Sessions } from './sessions.service.js';
import type { SessionSettings } from './settings.js';

/**
 * Loads the visitor's session before guards and handlers run and saves it before the response leaves.
 *
 * Put it before every middleware that uses the session, and after those that compress or cache whole responses.
 *
 * Django: `SessionMiddleware`.
 */
@Injectable()
export class SessionMiddleware implements Middleware {
  readonly #settings: SessionSettings;

  constructor(private readonly sessions: Sessions) {
    this.#settings = sessions.settings;
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const holder = new RequestSession(request, this.sessions, vary);
    const { load, saveEveryRequest } = this.#settings;
    if (load === 'early' && holder.cookie !== undefined) await holder.open().load();
    try {
      const response = await next();
      if ((saveEveryRequest && holder.cookie !== undefined) || areSessionsWatched()) holder.open();
      // What nobody has opened is not to be saved.
      if (holder.session) {
        const closing = this.#close(response, holder, holder.session);
        if (typeof closing !== 'boolean') await closing;
      }
      return response;
    } finally {
      if (holder.isLocked) await holder.unlock();
    }
  }

  checkOrder(order: readonly Type<Middleware>[]): void {
    checkSessionOrder(order, SessionMiddleware);
  }

  /** Saves the session where that is due; nothing to wait for where it is not. */
  #close(
    response: HttpResponse,
    holder: RequestSession,
    session: ExpressSession,
  ): boolean | Promise<boolean> {
    const tell = watchSession(session, this.sessions.engine, holder.cookie !== undefined);
    const isSaved = this.#finish(response, holder, session);
    if (!tell) return isSaved;
    return Promise.resolve(isSaved).then((saved) => {
      tell(saved);
      return saved;
    });
  }

  /** Says whether the session was saved. */
  #finish(
    response: HttpResponse,
    holder: RequestSession,
    session: ExpressSession,
  ): boolean | Promise<boolean> {
    const { saveEveryRequest, unset } = this.#settings;
    const settle = () => this.#settle(response, holder, session);
    if (holder.isUnset && !session.isEmpty()) {
      if (unset === 'destroy') return session.flush().then(settle);
      vary(response, session);
      return false;
    }
    return saveEveryRequest && !session.isEmpty() ? session.load().then(settle) : settle();
  }

  #settle(
    response: HttpResponse,
    holder: RequestSession,
    session: ExpressSession,
  ): boolean | Promise<boolean> {
    vary(response, session);
    const { saveEveryRequest } = this.#settings;
    const isToBeSaved = session.modified || saveEveryRequest || isDueForRenewal(session, this.#settings);
    if (!session.isEmpty() && (!isToBeSaved || response.status >= 500)) return false;
    // Looked at only now: for a key that stands for nothing, the session turns out to be empty.
    const age = session.isEmpty() || session.getExpireAtBrowserClose() ? undefined : session.getExpiryAge();
    if (!session.isEmpty()) return this.#save(response, holder, session, age);
    if (holder.cookie !== undefined) send(response, this.sessions.cookies.clear());
    return false;
  }

  async #save(
    response: HttpResponse,
    holder: RequestSession,
    session: ExpressSession,
    age: number | undefined,
  ): Promise<boolean> {
    await session.save();
    const { cookies } = this.sessions;
    send(response, cookies.write(session.sessionKey!, age, session[COOKIE], holder.claim));
    return true;
  }
}

function vary(response: HttpResponse, session: ExpressSession): void {
  if (session.accessed) varyByCookie(response);
}

function send(response: HttpResponse, cookie: string): void {
  response.headers.append('Set-Cookie', cookie);
  varyByCookie(response);
}

function varyByCookie(response: HttpResponse): void {
  const { headers } = response;
  const before = headers.get('Vary');
  // The two that nearly every response has need no parsing.
  if (before === undefined) headers.set('Vary', 'Cookie');
  else if (before !== 'Cookie') patchVary(response, ['Cookie']);
}

/** Says whether the session was read and would end too soon if it were not saved, now that its visitor is here. */
function isDueForRenewal(session: ExpressSession, settings: SessionSettings): boolean {
  const { expiresAt } = session[STATE];
  if (expiresAt === undefined || settings.idleTimeout === undefined) return false;
  const next = new Date(Date.now() + expiryAge(session[STATE].open(), settings) * 1000);
  return isDue(expiresAt, next, settings);
}
