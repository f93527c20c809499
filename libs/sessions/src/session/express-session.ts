import type { SessionSettings } from '../settings.js';
import type { SessionBackend } from './session-backend.js';
import { Session, STATE, toStateOptions } from './session.js';
import { SessionCookie } from './session-cookie.js';
import type { SessionStateOptions } from './session-state.js';

export type Callback = (error?: unknown) => void;

/** Finds the cookie that was asked for: a symbol, so that it takes no name from the application's keys. */
export const COOKIE = Symbol('cookie');

/** Where a request keeps its session: `regenerate()` puts another one there, `destroy()` takes it away. */
export interface SessionHost {
  replace(session: ExpressSession | undefined): void;
}

/** A {@link Session} with the methods of express-session besides, for the libraries and applications that call those. */
export class ExpressSession extends Session {
  #cookie: SessionCookie | undefined;
  readonly #backend: SessionBackend;
  readonly #settings: SessionSettings;
  readonly #host: SessionHost;
  readonly #options: SessionStateOptions;

  constructor(
    backend: SessionBackend,
    settings: SessionSettings,
    host: SessionHost,
    claimedKey?: string,
    options: SessionStateOptions = toStateOptions(settings),
  ) {
    super(backend, settings, claimedKey, options);
    this.#options = options;
    this.#backend = backend;
    this.#settings = settings;
    this.#host = host;
  }

  /** The key that this session has, or will have once it is saved. */
  get id(): string {
    return this[STATE].futureKey;
  }

  /** The cookie as the application has it, if it ever asked for it. @internal */
  get [COOKIE](): SessionCookie | undefined {
    return this.#cookie;
  }

  /** The cookie's attributes and the session's expiry, as express-session shows them. */
  get cookie(): SessionCookie {
    return (this.#cookie ??= new SessionCookie(this, this.#settings));
  }

  set cookie(attributes: Partial<SessionCookie>) {
    const { path, domain, secure, httpOnly, sameSite, expires } = attributes;
    Object.assign(this.cookie, { path, domain, secure, httpOnly, sameSite, expires });
  }

  override save(): Promise<void>;
  override save(callback: Callback): this;
  override save(callback?: Callback): Promise<void> | this {
    return this.#answer(super.save(), callback);
  }

  override reload(): Promise<void>;
  override reload(callback: Callback): this;
  override reload(callback?: Callback): Promise<void> | this {
    return this.#answer(super.reload(), callback);
  }

  /** Removes the session and puts an empty one in its place, whose key is another. Prefer `flush()` or `cycleKey()`. */
  regenerate(): Promise<void>;
  regenerate(callback: Callback): this;
  regenerate(callback?: Callback): Promise<void> | this {
    return this.#answer(this.#regenerate(), callback);
  }

  /** Removes the session and takes it away from the request. Prefer `flush()`. */
  destroy(): Promise<void>;
  destroy(callback: Callback): this;
  destroy(callback?: Callback): Promise<void> | this {
    return this.#answer(this.#destroy(), callback);
  }

  /** Lets the session live on from now: it is saved when the response leaves. */
  touch(): this {
    this.modified = true;
    return this;
  }

  resetMaxAge(): this {
    return this.touch();
  }

  /** Returns the values, for `JSON.stringify(req.session)`. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.entries());
  }

  async #regenerate(): Promise<void> {
    // The values stay in this object: passport copies them over when it is told to keep them.
    await this[STATE].abandon();
    const next = new ExpressSession(this.#backend, this.#settings, this.#host, undefined, this.#options);
    await next.load();
    next[STATE].accessed = true;
    this.#host.replace(next);
  }

  async #destroy(): Promise<void> {
    await this.flush();
    this.#host.replace(undefined);
  }

  #answer(done: Promise<void>, callback: Callback | undefined): Promise<void> | this {
    if (!callback) return done;
    // Out of the promise: what the callback throws is not ours to catch.
    done.then(
      () => process.nextTick(callback),
      (error: unknown) => process.nextTick(callback, error),
    );
    return this;
  }
}
