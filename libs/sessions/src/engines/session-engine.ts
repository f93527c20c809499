import { hash } from 'node:crypto';
import expressSession, { type SessionData as ExpressSessionData } from 'express-session';
import { type Duration, toMilliseconds } from '@nest-quintet/core';
import { SessionInterruptedError } from '../errors.js';
import { jsonSerializer } from '../serializer/json.serializer.js';
import type { SessionSerializer, SessionValues } from '../serializer/session-serializer.js';
import type {
  ClearOptions,
  Engine,
  LockOptions,
  Resolve,
  StoredSession,
  Unlock,
} from '../session/session-backend.js';
import type { SessionSettings } from '../settings.js';
import type { SessionChanges } from '../session/session-changes.js';
import { makeSessionKey } from '../session/session-key.js';
import { KeyedQueue } from './keyed-queue.js';
import { SessionLocks } from './session-locks.js';
import { KeptSession } from './kept-session.js';
import { answer, type StoreCallback } from './store-callback.js';
import type { SessionRecord } from './session-record.js';

export interface SessionEngineOptions {
  /** Turns values into text. Default `jsonSerializer`. Django: `SESSION_SERIALIZER`. */
  serializer?: SessionSerializer;
  /** How long a session lives that plain express-session saves without a `maxAge`. Default `'14d'`. */
  defaultAge?: Duration;
}

/**
 * Keeps sessions somewhere. An engine is an express-session store, so that a plain Express application can use it too.
 *
 * A new engine answers four questions about records; everything else is derived from them here. The ids it sees are
 * SHA-256 digests: whoever reads the store learns no visitor's key.
 */
export abstract class SessionEngine extends expressSession.Store implements Engine {
  readonly serializer: SessionSerializer;
  readonly #defaultAge: number;
  readonly #queue = new KeyedQueue();
  readonly #locks = new SessionLocks({
    insert: (id, record) => this.insert(id, record),
    read: (id) => this.read(id),
    replace: (id, expected, record) => this.replace(id, expected, record),
    remove: (id) => this.remove(id),
  });
  #userIdOf: SessionSettings['userIdOf'] | undefined;

  constructor({ serializer = jsonSerializer, defaultAge = '14d' }: SessionEngineOptions = {}) {
    super();
    this.serializer = serializer;
    this.#defaultAge = toMilliseconds(defaultAge, 'defaultAge');
  }

  /** Returns the record, expired or not. */
  protected abstract read(id: string): Promise<SessionRecord | undefined>;
  /** Stores a new record and says whether the id was free. */
  protected abstract insert(id: string, record: SessionRecord): Promise<boolean>;
  /** Stores `record` if what is stored still is `expected`, at least its data, in one step, and says whether it was. */
  protected abstract replace(id: string, expected: SessionRecord, record: SessionRecord): Promise<boolean>;
  protected abstract remove(id: string): Promise<void>;

  clearExpired(_options?: ClearOptions): Promise<number> {
    return Promise.resolve(0);
  }

  /** Whoever overrides it calls it as well. */
  attach(_resolve: Resolve, settings: SessionSettings): void | Promise<void> {
    this.#userIdOf = settings.userIdOf;
  }

  async fetch(key: string, onExpired?: (session: StoredSession) => void): Promise<StoredSession | undefined> {
    const id = this.idOf(key);
    const record = await this.read(id);
    if (!record) return undefined;
    const isLiving = record.expiresAt.getTime() > Date.now();
    if (!isLiving && !onExpired) return undefined;
    const stored = this.#decode(key, id, record);
    if (isLiving) return stored;
    if (stored) onExpired?.(stored);
    return undefined;
  }

  lock(key: string, options: LockOptions): Promise<Unlock | undefined> {
    return this.#locks.acquire(this.idOf(`lock ${key}`), options);
  }

  async create(key: string, values: SessionValues, expiresAt: Date): Promise<StoredSession> {
    const data = this.serializer.encode(values);
    for (let candidate = key; ; candidate = makeSessionKey()) {
      const record = this.#record(data, expiresAt, values);
      const id = this.idOf(candidate);
      if (await this.insert(id, record)) return this.#kept(candidate, id, record, true);
    }
  }

  async demand(key: string): Promise<StoredSession> {
    const stored = await this.fetch(key);
    if (stored) return stored;
    throw new SessionInterruptedError(
      'The session was deleted before this request completed. The visitor may have logged out in a concurrent request.',
    );
  }

  commit(base: StoredSession, changes: SessionChanges, expiresAt: Date): Promise<StoredSession> {
    const id = base instanceof KeptSession ? base.id : this.idOf(base.key);
    // Requests of one visitor in this process wait for each other here, so that they do not race in the store.
    return this.#queue.run(id, () => this.#commit(id, base, changes, expiresAt));
  }

  async drop(key: string): Promise<void> {
    const id = this.idOf(key);
    await this.#queue.run(id, () => this.remove(id));
  }

  // express-session's contract

  override get(sid: string, callback: StoreCallback<ExpressSessionData | null>): void {
    answer(this.#toExpress(sid), callback);
  }

  override set(sid: string, session: ExpressSessionData, callback?: StoreCallback<void>): void {
    const values: SessionValues = { ...session };
    const record = this.#record(this.serializer.encode(values), this.#expiresAt(session), values);
    answer(this.#upsert(this.idOf(sid), record), callback);
  }

  override touch(sid: string, session: ExpressSessionData, callback?: StoreCallback<void>): void {
    answer(this.#extend(this.idOf(sid), this.#expiresAt(session)), callback);
  }

  override destroy(sid: string, callback?: StoreCallback<void>): void {
    answer(this.drop(sid), callback);
  }

  /** Returns the id under which the engine keeps the session of `key`. */
  protected idOf(key: string): string {
    return hash('sha256', key);
  }

  /** Returns the values of a record, without what express-session keeps with them. */
  protected valuesOf(data: string): SessionValues {
    const values = this.serializer.decode(data);
    delete values['cookie'];
    // A serialiser of the application may give them a prototype.
    if (Object.getPrototypeOf(values) === null) return values;
    return Object.assign(Object.create(null) as SessionValues, values);
  }

  #record(data: string, expiresAt: Date, values: SessionValues): SessionRecord {
    return { data, expiresAt, userId: this.#userIdOf?.(values) };
  }

  async #commit(
    id: string,
    base: StoredSession,
    changes: SessionChanges,
    expiresAt: Date,
  ): Promise<StoredSession> {
    for (let current = base; ; current = await this.demand(base.key)) {
      const expected = { data: current.text, expiresAt: current.expiresAt };
      // The values of the base are in the hands of the application, which tells by `changes` what it did to them.
      const values = changes.applyTo(current.values);
      const record = this.#record(this.serializer.encode(values), expiresAt, values);
      if (await this.replace(id, expected, record)) return this.#kept(base.key, id, record, current === base);
    }
  }

  #kept(key: string, id: string, record: SessionRecord, isOwn?: boolean): StoredSession {
    return new KeptSession(key, id, record, (data) => this.valuesOf(data), isOwn);
  }

  #decode(key: string, id: string, record: SessionRecord): StoredSession | undefined {
    try {
      const stored = this.#kept(key, id, record);
      return stored.values && stored;
    } catch {
      // Made by another serialiser, or damaged: as worthless as an unknown key. Django does the same.
      return undefined;
    }
  }

  async #toExpress(sid: string): Promise<ExpressSessionData | null> {
    const record = await this.read(this.idOf(sid));
    if (!record || record.expiresAt.getTime() <= Date.now()) return null;
    const { cookie, ...values } = this.serializer.decode(record.data);
    const expires = record.expiresAt;
    const attributes = cookie ?? { originalMaxAge: expires.getTime() - Date.now(), expires };
    return { ...values, cookie: attributes } as ExpressSessionData;
  }

  async #upsert(id: string, record: SessionRecord): Promise<void> {
    await this.#queue.run(id, async () => {
      while (!(await this.insert(id, record))) {
        const current = await this.read(id);
        if (current && (await this.replace(id, current, record))) return;
      }
    });
  }

  async #extend(id: string, expiresAt: Date): Promise<void> {
    await this.#queue.run(id, async () => {
      for (;;) {
        const current = await this.read(id);
        if (
          !current ||
          (await this.replace(
            id,
            current,
            this.#record(current.data, expiresAt, this.valuesOf(current.data)),
          ))
        )
          return;
      }
    });
  }

  #expiresAt({ cookie }: ExpressSessionData): Date {
    const expires: unknown = cookie.expires;
    return expires ? new Date(expires as Date | string) : new Date(Date.now() + this.#defaultAge);
  }
}
