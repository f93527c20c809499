import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { guardBackend } from './engines/guarded-backend.js';
import { resolveEngine } from './engines/resolve-engine.js';
import { SessionInterruptedError } from './errors.js';
import { SessionInterruptedException } from './session-interrupted.exception.js';
import { SessionUnavailableException } from './session-unavailable.exception.js';
import { SessionStoreError } from './errors.js';
import { ExpressSession, type SessionHost } from './session/express-session.js';
import type { Engine, SessionBackend } from './session/session-backend.js';
import { SESSIONS_OPTIONS, type SessionsModuleOptions } from './sessions.module-definition.js';
import { resolveSettings, type SessionSettings } from './settings.js';

/** Opens sessions, and looks after those that are stored. */
@Injectable()
export class Sessions implements OnModuleInit {
  /** The engine in use. */
  readonly engine: Engine;
  readonly settings: SessionSettings;
  readonly #backend: SessionBackend;
  readonly #logger = new Logger('Sessions');

  constructor(
    @Inject(SESSIONS_OPTIONS) options: SessionsModuleOptions,
    private readonly moduleRef: ModuleRef,
  ) {
    this.settings = resolveSettings(options);
    this.engine = resolveEngine(options.engine);
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
  }

  /** Removes the sessions that have expired and returns their number. Django: `clearsessions`. */
  clearExpired(): Promise<number> {
    return this.engine.clearExpired();
  }

  /** Makes the session of one request, which is not loaded yet. */
  open(host: SessionHost, claimedKey?: string): ExpressSession {
    return new ExpressSession(this.#backend, this.settings, host, claimedKey);
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
