import { ImproperlyConfiguredError, Signer } from '@nest-quintet/core';
import { stringifySetCookie } from 'cookie';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import { Message } from './messages.js';

/** Keeps messages between two requests of a visitor. */
export interface MessageStorage {
  load(request: HttpRequest): readonly Message[];
  store(messages: readonly Message[], request: HttpRequest, response: HttpResponse): void;
}

/** Browsers keep 4096 bytes of a cookie, and others want room too. Django's own limit. */
const MAX_COOKIE_SIZE = 2048;
const COOKIE = { path: '/', sameSite: 'lax' } as const;
const SESSION_KEY = '_messages';

/** Keeps messages in a signed cookie; the oldest are dropped when there are more than fit. */
export class CookieMessageStorage implements MessageStorage {
  readonly #signer: Signer;

  constructor(
    private readonly name: string,
    secrets: readonly string[],
    private readonly secure: boolean,
  ) {
    this.#signer = new Signer({ secrets, salt: 'messages' });
  }

  load(request: HttpRequest): readonly Message[] {
    const cookie = request.cookies[this.name];
    if (cookie === undefined || cookie === '') return [];
    try {
      return read(JSON.parse(Buffer.from(this.#signer.unsign(cookie), 'base64url').toString()));
    } catch {
      // Whoever tampers with his own messages has none.
      return [];
    }
  }

  store(messages: readonly Message[], _request: HttpRequest, response: HttpResponse): void {
    response.headers.append('Set-Cookie', messages.length === 0 ? this.#deletion() : this.#cookie(messages));
  }

  /** How many messages have room in a cookie, oldest first. */
  countFitting(messages: readonly Message[]): number {
    let count = messages.length;
    while (count > 0 && this.#seal(messages.slice(0, count)).length > MAX_COOKIE_SIZE) count--;
    return count;
  }

  #seal(messages: readonly Message[]): string {
    return this.#signer.sign(Buffer.from(JSON.stringify(messages.map(write))).toString('base64url'));
  }

  #deletion(): string {
    return stringifySetCookie(this.name, '', {
      ...COOKIE,
      secure: this.secure,
      maxAge: 0,
      expires: new Date(0),
    });
  }

  #cookie(messages: readonly Message[]): string {
    const value = this.#seal(messages);
    if (value.length > MAX_COOKIE_SIZE && messages.length > 1) return this.#cookie(messages.slice(1));
    return stringifySetCookie(this.name, value, { ...COOKIE, secure: this.secure, httpOnly: true });
  }
}

/** Keeps messages in the session; the session middleware stands further out. */
export class SessionMessageStorage implements MessageStorage {
  load(request: HttpRequest): readonly Message[] {
    return read(sessionOf(request)[SESSION_KEY] ?? []);
  }

  store(messages: readonly Message[], request: HttpRequest): void {
    const session = sessionOf(request);
    if (messages.length > 0) session[SESSION_KEY] = messages.map(write);
    else if (SESSION_KEY in session) delete session[SESSION_KEY];
  }
}

/** Keeps what fits in the cookie and the rest in the session, so that few messages need no session. */
export class FallbackMessageStorage implements MessageStorage {
  readonly #session = new SessionMessageStorage();

  constructor(private readonly cookie: CookieMessageStorage) {}

  load(request: HttpRequest): readonly Message[] {
    return [...this.cookie.load(request), ...this.#session.load(request)];
  }

  store(messages: readonly Message[], request: HttpRequest, response: HttpResponse): void {
    const fitting = this.cookie.countFitting(messages);
    this.cookie.store(messages.slice(0, fitting), request, response);
    this.#session.store(messages.slice(fitting), request);
  }
}

function sessionOf(request: HttpRequest): Record<string, unknown> {
  const { session } = request.raw as typeof request.raw & { session?: Record<string, unknown> };
  if (session !== undefined) return session;
  throw new ImproperlyConfiguredError(
    "MessagesMiddleware found no session to keep messages in: put the session middleware before it in the list, or set messageStorage to 'cookie'.",
  );
}

function write({ level, text, extraTags }: Message): unknown[] {
  return [level, text, extraTags];
}

function read(stored: unknown): Message[] {
  return (stored as [number, string, string][]).map((fields) => new Message(...fields));
}
