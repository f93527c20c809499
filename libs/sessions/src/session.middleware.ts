import { Injectable } from '@nestjs/common';
import {
  type HttpRequest,
  type HttpResponse,
  type Middleware,
  type NextResponse,
  onResponse,
  patchVary,
} from '@nest-quintet/middleware';
import { RequestSession } from './request-session.js';
import { SessionCookies } from './session-cookies.js';
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
  readonly #cookies: SessionCookies;
  readonly #settings: SessionSettings;

  constructor(private readonly sessions: Sessions) {
    this.#settings = sessions.settings;
    this.#cookies = new SessionCookies(sessions.settings, sessions.engine.isSealed);
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const cookie = request.cookies[this.#settings.cookieName];
    const holder = new RequestSession(request, this.sessions);
    await holder.open(cookie === undefined ? undefined : this.#cookies.read(cookie));
    // First of all, so that a page cache further in sees what the page varies on.
    onResponse(request, (response) => this.#vary(response, holder), { first: true });
    const response = await next();
    await this.#finish(response, holder, cookie !== undefined);
    return response;
  }

  async #finish(response: HttpResponse, { session }: RequestSession, hasCookie: boolean): Promise<void> {
    const isToBeSaved = session.modified || this.#settings.saveEveryRequest;
    this.#vary(response, { session });
    if (!session.isEmpty() && (!isToBeSaved || response.status >= 500)) return;
    // Looked at only now: for a key that stands for nothing, the session turns out to be empty.
    const age = session.isEmpty() || session.getExpireAtBrowserClose() ? undefined : session.getExpiryAge();
    if (!session.isEmpty()) {
      await session.save();
      this.#send(response, this.#cookies.write(session.sessionKey!, age, session.cookie));
    } else if (hasCookie) {
      this.#send(response, this.#cookies.clear());
    }
  }

  #vary(response: HttpResponse, { session }: Pick<RequestSession, 'session'>): void {
    if (session.accessed) patchVary(response, ['Cookie']);
  }

  #send(response: HttpResponse, cookie: string): void {
    response.headers.append('Set-Cookie', cookie);
    patchVary(response, ['Cookie']);
  }
}
