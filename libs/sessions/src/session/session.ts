import type { SessionSettings } from '../settings.js';
import type { SessionBackend } from './session-backend.js';
import type { SessionData, SessionKey } from './session-data.js';
import {
  EXPIRY_KEY,
  expiresAtBrowserClose,
  expiryAge,
  isOver,
  type SessionExpiry,
  STARTED_KEY,
  toStoredExpiry,
} from './session-expiry.js';
import { SessionState, type SessionStateOptions } from './session-state.js';

/** What happens to sessions, for whoever wants to know. */
export type SessionEvents = Pick<SessionStateOptions, 'onCreated' | 'onFlushed' | 'onExpired'>;

/** What the state of every session of an application is told; made once. */
export function toStateOptions(settings: SessionSettings, events: SessionEvents = {}): SessionStateOptions {
  return {
    ...events,
    isOnDemand: settings.load === 'onDemand',
    isOver: settings.absoluteTimeout === undefined ? undefined : (values) => isOver(values, settings),
  };
}

const TEST_COOKIE_KEY = 'testcookie';
const TEST_COOKIE_VALUE = 'worked';

/** Where a session keeps its state: a symbol, so that it takes no name from the application's keys. */
export const STATE = Symbol('state');

/** Any key but a declared one, whose type is known. */
type Undeclared<K extends string> = K extends SessionKey ? never : K;

type Value<K extends string> = K extends SessionKey ? SessionData[K] : unknown;

/**
 * Keeps values for one visitor between requests. Django: `request.session`.
 *
 * @example
 * session.set('visits', session.get('visits', 0) + 1);
 * await session.cycleKey(); // after login
 * await session.flush(); // at logout
 */
export class Session {
  /** @internal */
  readonly [STATE]: SessionState;
  readonly #backend: SessionBackend;
  readonly #settings: SessionSettings;

  constructor(
    backend: SessionBackend,
    settings: SessionSettings,
    claimedKey?: string,
    options: SessionStateOptions = toStateOptions(settings),
  ) {
    this[STATE] = new SessionState(backend, claimedKey, options);
    this.#backend = backend;
    this.#settings = settings;
  }

  /** Whether the values were looked at or changed; the response then varies by cookie. */
  get accessed(): boolean {
    return this[STATE].accessed;
  }

  /** Whether the session is to be saved. Set it after changing something inside a value that `get()` returned. */
  get modified(): boolean {
    return this[STATE].modified;
  }

  set modified(modified: boolean) {
    this[STATE].modified = modified;
  }

  /** The key that stands for this session; none before the first save. Treat it as a password. */
  get sessionKey(): string | undefined {
    return this[STATE].key;
  }

  /** Says whether there is neither a key nor a value. */
  isEmpty(): boolean {
    return this[STATE].isEmpty;
  }

  /** Returns the value of `key`, or `fallback` when there is none. */
  get<K extends SessionKey>(key: K): SessionData[K] | undefined;
  get<K extends SessionKey>(key: K, fallback: SessionData[K]): SessionData[K];
  get<T = unknown>(key: string): T | undefined;
  get<T, K extends string = string>(key: Undeclared<K>, fallback: T): T;
  get(key: string, fallback?: unknown): unknown {
    return this[STATE].has(key) ? this[STATE].read(key) : fallback;
  }

  set<K extends string>(key: K, value: Value<K>): this {
    this[STATE].write(key, value);
    return this;
  }

  /** Removes `key` and says whether it was there. */
  delete(key: string): boolean {
    return this[STATE].remove(key);
  }

  /** Removes `key` and returns its value, or `fallback` when there is none. */
  pop<K extends SessionKey>(key: K): SessionData[K] | undefined;
  pop<K extends SessionKey>(key: K, fallback: SessionData[K]): SessionData[K];
  pop<T = unknown>(key: string): T | undefined;
  pop<T, K extends string = string>(key: Undeclared<K>, fallback: T): T;
  pop(key: string, fallback?: unknown): unknown {
    const value = this.get(key, fallback);
    this[STATE].remove(key);
    return value;
  }

  has(key: string): boolean {
    return this[STATE].has(key);
  }

  keys(): string[] {
    return this[STATE].keys();
  }

  values(): unknown[] {
    return this.keys().map((key) => this[STATE].read(key));
  }

  entries(): [key: string, value: unknown][] {
    return this.keys().map((key) => [key, this[STATE].read(key)]);
  }

  /** Returns the value of `key`, which is set to `value` when there is none. Django: `setdefault`. */
  setDefault<K extends SessionKey>(key: K, value: SessionData[K]): SessionData[K];
  setDefault<T, K extends string = string>(key: Undeclared<K>, value: T): T;
  setDefault(key: string, value: unknown): unknown {
    if (!this[STATE].has(key)) this[STATE].write(key, value);
    return this[STATE].read(key);
  }

  /** Sets several keys. */
  update(values: Partial<SessionData> & Record<string, unknown>): void {
    for (const [key, value] of Object.entries(values)) this[STATE].write(key, value);
    this[STATE].open();
    this[STATE].accessed = this[STATE].modified = true;
  }

  /** Removes every value and keeps the key. */
  clear(): void {
    // Or clearing would be a way to live for ever.
    this[STATE].clear(this.#settings.absoluteTimeout === undefined ? [] : [STARTED_KEY]);
  }

  /** Removes the session, here and in the store; what is set afterwards gets a new key. For logging out. */
  flush(): Promise<void> {
    return this[STATE].flush();
  }

  /** Moves the values to a new key and makes the old one worthless. For logging in. */
  async cycleKey(): Promise<void> {
    await this.#begin();
    await this[STATE].cycle(() => this.#expiresAt());
  }

  /** Stores the session under a new key now, instead of when the response leaves. */
  async create(): Promise<void> {
    await this.#begin();
    await this[STATE].create(() => this.#expiresAt());
  }

  /** Says whether the store keeps a living session under `key`; one that is the cookie itself is in no store. */
  async exists(key: string): Promise<boolean> {
    if (this.#backend.isSealed) return false;
    return (await this.#backend.fetch(key)) !== undefined;
  }

  /** Reads the session from its store, once; done before the handler unless sessions are loaded on demand. */
  load(): Promise<void> {
    return this[STATE].load();
  }

  /**
   * Stores the session now, instead of when the response leaves. Only the keys that this request changed are written.
   *
   * @throws SessionInterruptedError when another request deleted it.
   */
  save(): Promise<void> {
    const save = () => this[STATE].save(() => this.#expiresAt());
    return this.#settings.absoluteTimeout === undefined ? save() : this.#begin().then(save);
  }

  /**
   * Throws away what this request changed and reads the session again.
   *
   * @throws SessionInterruptedError when another request deleted it.
   */
  reload(): Promise<void> {
    return this[STATE].reload();
  }

  /**
   * Gives this session a life of its own: a duration after each save, a fixed moment, 0 for as long as the browser is
   * open, or `null` for what the settings say.
   */
  setExpiry(expiry: SessionExpiry): void {
    const stored = toStoredExpiry(expiry);
    if (stored === undefined) this[STATE].remove(EXPIRY_KEY);
    else this[STATE].write(EXPIRY_KEY, stored);
  }

  /** Returns the seconds that the session lives, if it is saved now. */
  getExpiryAge(): number {
    this[STATE].read(EXPIRY_KEY);
    return expiryAge(this[STATE].open(), this.#settings);
  }

  /** Returns when the session ends, if it is saved now. */
  getExpiryDate(): Date {
    return new Date(Date.now() + this.getExpiryAge() * 1000);
  }

  getExpireAtBrowserClose(): boolean {
    return expiresAtBrowserClose(this[STATE].read(EXPIRY_KEY), this.#settings);
  }

  /** Sets a value to look for in the next request: only a browser that takes cookies brings it back. */
  setTestCookie(): void {
    this[STATE].write(TEST_COOKIE_KEY, TEST_COOKIE_VALUE);
  }

  testCookieWorked(): boolean {
    return this[STATE].read(TEST_COOKIE_KEY) === TEST_COOKIE_VALUE;
  }

  deleteTestCookie(): void {
    this[STATE].remove(TEST_COOKIE_KEY);
  }

  /** Notes when the session began, where there is a limit to its life. */
  async #begin(): Promise<void> {
    if (this.#settings.absoluteTimeout === undefined) return;
    await this.load();
    if (this[STATE].open()[STARTED_KEY] === undefined) this[STATE].write(STARTED_KEY, Date.now());
  }

  #expiresAt(): Date {
    const age = expiryAge(this[STATE].open(), this.#settings);
    return new Date(Date.now() + age * 1000);
  }
}
