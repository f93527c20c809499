import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { SessionTooLargeError } from '../errors.js';
import { jsonSerializer } from '../serializer/json.serializer.js';
import type { SessionSerializer, SessionValues } from '../serializer/session-serializer.js';
import type { Engine, Resolve, StoredSession } from '../session/session-backend.js';
import type { SessionChanges } from '../session/session-changes.js';
import type { SessionSettings } from '../settings.js';
import { Sealer } from './sealer.js';

export interface SignedCookieEngineOptions {
  /** Turns values into text. Default `jsonSerializer`. Django: `SESSION_SERIALIZER`. */
  serializer?: SessionSerializer;
}

/** Bytes that browsers keep of one cookie, its name included. */
const COOKIE_LIMIT = 4096;

/**
 * Keeps sessions in the cookie itself, encrypted and signed: the server keeps nothing.
 *
 * What it cannot do follows from that: a session cannot be taken back before it expires (`flush()` removes the cookie, but
 * a copy of it stays good), and of two concurrent responses the browser keeps the last.
 */
export class SignedCookieEngine implements Engine {
  readonly isSealed = true;
  readonly serializer: SessionSerializer;
  #sealer: Sealer | undefined;
  #limit = COOKIE_LIMIT;

  constructor({ serializer = jsonSerializer }: SignedCookieEngineOptions = {}) {
    this.serializer = serializer;
  }

  /** @throws ImproperlyConfiguredError without a secret. */
  attach(_resolve: Resolve, { secrets, cookieName }: SessionSettings): void {
    if (secrets.length === 0) {
      throw new ImproperlyConfiguredError(
        'signedCookieEngine(): there is no secret to encrypt with. Give SessionsModule.forRoot() a long random `secret`.',
      );
    }
    this.#sealer = new Sealer(secrets, 'quintet session');
    this.#limit = COOKIE_LIMIT - cookieName.length;
  }

  async fetch(key: string, onExpired?: (session: StoredSession) => void): Promise<StoredSession | undefined> {
    const opened = this.#attached.open(key);
    if (opened === undefined) return undefined;
    const end = opened.indexOf(' ');
    const expiresAt = new Date(Number(opened.slice(0, end)));
    const text = opened.slice(end + 1);
    const stored = { key, text, values: this.serializer.decode(text), expiresAt };
    if (expiresAt.getTime() > Date.now()) return stored;
    onExpired?.(stored);
    return undefined;
  }

  /** Reads again what the cookie holds: nobody can have deleted it. */
  async demand(key: string): Promise<StoredSession> {
    return (await this.fetch(key)) ?? this.#seal({}, new Date());
  }

  /** The given key is not used: the key is what the cookie holds. */
  async create(_key: string, values: SessionValues, expiresAt: Date): Promise<StoredSession> {
    return this.#seal(values, expiresAt);
  }

  async commit(base: StoredSession, changes: SessionChanges, expiresAt: Date): Promise<StoredSession> {
    return this.#seal(changes.applyTo(this.serializer.decode(base.text)), expiresAt);
  }

  async drop(): Promise<void> {}

  async clearExpired(): Promise<number> {
    return 0;
  }

  #seal(values: SessionValues, expiresAt: Date): StoredSession {
    const text = this.serializer.encode(values);
    const key = this.#attached.seal(`${expiresAt.getTime()} ${text}`);
    if (key.length > this.#limit) {
      throw new SessionTooLargeError(
        `The session takes ${key.length} bytes of the ${this.#limit} that browsers keep in a cookie. Store less, or choose an engine that keeps sessions on the server.`,
      );
    }
    return { key, text, values: this.serializer.decode(text), expiresAt };
  }

  get #attached(): Sealer {
    if (this.#sealer) return this.#sealer;
    throw new ImproperlyConfiguredError(
      'signedCookieEngine() is not attached. Give it to SessionsModule.forRoot(), which has the secret.',
    );
  }
}

/**
 * Makes an engine that keeps sessions in the cookie itself, encrypted and signed with the module's `secret`.
 *
 * @example
 * SessionsModule.forRoot({ engine: signedCookieEngine(), secret: [current, previous] })
 *
 * Django: `django.contrib.sessions.backends.signed_cookies`, whose cookies anyone can read.
 */
export function signedCookieEngine(options?: SignedCookieEngineOptions): SignedCookieEngine {
  return new SignedCookieEngine(options);
}
