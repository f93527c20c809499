import type { IncomingMessage } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { parseCookie } from 'cookie';
import { type Signal, SignalDispatcher } from '@nest-quintet/signals';
import { guardBackend, guardCall } from './engines/guarded-backend.js';
import { resolveEngine } from './engines/resolve-engine.js';
import { SessionIndexError, SessionInterruptedError, SessionStoreError } from './errors.js';
import { SessionCookies } from './session-cookies.js';
import { SessionInterruptedException } from './session-interrupted.exception.js';
import { SessionLockedException } from './session-locked.exception.js';
import { sessionCreated, sessionExpired, sessionFlushed, type SessionSignal } from './session-signals.js';
import { SessionUnavailableException } from './session-unavailable.exception.js';
import { ExpressSession, type SessionHost } from './session/express-session.js';
import type {
  ClearOptions,
  Engine,
  SessionBackend,
  StoredSession,
  Unlock,
  UserSession,
} from './session/session-backend.js';
import { isSessionKey } from './session/session-key.js';
import { asPlainObject, type SessionObject } from './session/session-proxy.js';
import { type SessionEvents, toStateOptions } from './session/session.js';
import type { SessionStateOptions } from './session/session-state.js';
import { SESSIONS_OPTIONS, type SessionsModuleOptions } from './sessions.module-definition.js';
import { resolveSettings, type SessionSettings } from './settings.js';

/** Opens sessions, and looks after those that are stored. */
@Injectable()
export class Sessions implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  /** The engine in use. */
  readonly engine: Engine;
  readonly settings: SessionSettings;
  /** Reads and writes the cookie. @internal */
  readonly cookies: SessionCookies;
  readonly #backend: SessionBackend;
  readonly #logger = new Logger('Sessions');
  #stateOptions: SessionStateOptions;
  #schedule: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SESSIONS_OPTIONS) options: SessionsModuleOptions,
    private readonly moduleRef: ModuleRef,
  ) {
    this.settings = resolveSettings(options);
    this.#stateOptions = toStateOptions(this.settings);
    this.engine = resolveEngine(options.engine);
    this.cookies = new SessionCookies(this.settings, this.engine.isSealed);
    this.#backend = guardBackend(this.engine, {
      timeout: this.settings.timeout * 1000,
      translate: toException,
      onDown: ({ message, cause }) =>
        this.#logger.error(
          `${message} ${describe(cause)} Requests that use their session answer 503 until the store is back.`,
        ),
      onUp: () => this.#logger.log('The session store is back.'),
    });
  }

  async onModuleInit(): Promise<void> {
    await this.engine.attach?.((token) => this.#find(token), this.settings);
    const dispatcher = this.#find<SignalDispatcher>(SignalDispatcher);
    if (dispatcher) this.#stateOptions = toStateOptions(this.settings, this.#eventsFor(dispatcher));
  }

  onApplicationBootstrap(): void {
    const { clearExpiredEvery } = this.settings;
    if (clearExpiredEvery === undefined) return;
    // The next one only when this one has ended, however long it takes.
    const next = () => (this.#schedule = setTimeout(clear, clearExpiredEvery * 1000).unref());
    const clear = () => void this.#clearOnSchedule().finally(() => this.#schedule && next());
    next();
  }

  onModuleDestroy(): void {
    clearTimeout(this.#schedule);
    this.#schedule = undefined;
  }

  /**
   * Removes the sessions that have expired, a batch at a time, and returns their number.
   *
   * @example
   * await sessions.clearExpired({ onProgress: (removed) => console.log(removed) });
   *
   * Django: `clearsessions`.
   */
  clearExpired(options?: ClearOptions): Promise<number> {
    return this.engine.clearExpired(options);
  }

  /**
   * Returns the living sessions of a user, as the setting `userId` tells whose they are.
   *
   * @throws SessionIndexError when the engine cannot find sessions by user.
   */
  list(userId: string | number | bigint): Promise<UserSession[]> {
    return this.#call('read the sessions of a user', () =>
      this.engine.list ? this.engine.list(String(userId)) : this.#noIndex('list'),
    );
  }

  /**
   * Ends the session of an id that {@link list} told, and says whether it was there.
   *
   * @throws SessionIndexError when the engine cannot find sessions by user.
   */
  revoke(id: string): Promise<boolean> {
    return this.#call('delete a session', () =>
      this.engine.revoke ? this.engine.revoke(id) : this.#noIndex('revoke'),
    );
  }

  /**
   * Ends every session of a user and returns their number, as is due when a password changes.
   *
   * @example
   * await sessions.revokeAll(user.id, { except: session }); // "log out everywhere else"
   *
   * @throws SessionIndexError when the engine cannot find sessions by user.
   */
  revokeAll(
    userId: string | number | bigint,
    { except }: { except?: { readonly sessionKey: string | undefined } } = {},
  ): Promise<number> {
    return this.#call('delete the sessions of a user', () =>
      this.engine.revokeAll
        ? this.engine.revokeAll(String(userId), except?.sessionKey)
        : this.#noIndex('revokeAll'),
    );
  }

  /**
   * Reads the session that a WebSocket handshake brings along.
   *
   * A handshake cannot set a cookie: what a visitor without a session is given here is lost with the connection. Changes are
   * written by `await session.save()`; what HTTP requests have written meanwhile is read by `await session.reload()`.
   *
   * @example
   * const session = await sessions.fromHandshake(client.handshake ?? request); // socket.io, or ws
   */
  async fromHandshake(handshake: Pick<IncomingMessage, 'headers'>): Promise<SessionObject> {
    const cookie = parseCookie(handshake.headers.cookie ?? '')[this.settings.cookieName];
    const session = this.open(
      { replace: () => undefined },
      cookie === undefined ? undefined : this.cookies.read(cookie)?.key,
    );
    await session.load();
    return asPlainObject(session);
  }

  /** Makes the session of one request, which is not loaded yet. @internal */
  open(host: SessionHost, claimedKey?: string): ExpressSession {
    const key = claimedKey !== undefined && isSessionKey(claimedKey) ? claimedKey : undefined;
    return new ExpressSession(this.#backend, this.settings, host, key, this.#stateOptions);
  }

  /** Waits for the lock of a session. @internal @throws SessionLockedException */
  async lock(key: string, wait: number): Promise<Unlock> {
    const unlock = await this.#call(
      'lock a session',
      async () => this.engine.lock!(key, { wait }),
      // The store may answer as slowly as ever besides.
      wait + this.settings.timeout * 1000,
    );
    if (unlock) return unlock;
    throw new SessionLockedException(
      `Other requests of this visitor have kept the session for ${wait / 1000} seconds.`,
    );
  }

  #call<T>(operation: string, call: () => Promise<T>, timeout = this.settings.timeout * 1000): Promise<T> {
    return guardCall(operation, call, timeout).catch((error: unknown) => {
      throw toException(error as Error);
    });
  }

  #noIndex(method: string): never {
    throw new SessionIndexError(
      `sessions.${method}(): the session engine cannot find sessions by user. Use prismaEngine(), cachedDbEngine() or memoryEngine().`,
    );
  }

  async #clearOnSchedule(): Promise<void> {
    try {
      const removed = await this.clearExpired();
      if (removed > 0) this.#logger.log(`Removed ${removed} expired sessions.`);
    } catch (error) {
      this.#logger.error(`Expired sessions could not be removed: ${describe(error)}`);
    }
  }

  #eventsFor(dispatcher: SignalDispatcher): SessionEvents {
    const tell = async (signal: Signal<SessionSignal, Sessions>, { key, values }: StoredSession) => {
      if (!dispatcher.isHeard(signal, this)) return;
      await dispatcher.sendRobust(signal, this, {
        sessionKey: key,
        values,
        userId: this.settings.userIdOf(values),
      });
    };
    return {
      onCreated: (session) => tell(sessionCreated, session),
      onFlushed: (session) => tell(sessionFlushed, session),
      onExpired: (session) => void tell(sessionExpired, session),
    };
  }

  #find<T>(token: unknown): T | undefined {
    try {
      return this.moduleRef.get<T>(token as string, { strict: false });
    } catch {
      // The engine knows what to say about a provider that is not there.
      return undefined;
    }
  }
}

function toException(error: Error): Error {
  if (error instanceof SessionInterruptedError) {
    return new SessionInterruptedException(error.message, { cause: error });
  }
  if (error instanceof SessionStoreError) {
    return new SessionUnavailableException('Sessions are unavailable at the moment.', { cause: error.cause });
  }
  return error;
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const text = cause.message || (cause as { code?: string }).code || cause.name;
  return text.endsWith('.') ? text : `${text}.`;
}
