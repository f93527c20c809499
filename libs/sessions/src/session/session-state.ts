import { SessionNotLoadedError } from '../errors.js';
import type { SessionValues } from '../serializer/session-serializer.js';
import type { SessionBackend, StoredSession } from './session-backend.js';
import { SessionChanges } from './session-changes.js';
import { makeSessionKey } from './session-key.js';

/** What a session asks of the application it belongs to. */
export interface SessionStateOptions {
  /** Whether it is read only when somebody awaits that. */
  readonly isOnDemand?: boolean;
  /** Says whether a session has lived as long as it may. */
  readonly isOver?: ((values: SessionValues) => boolean) | undefined;
  readonly onCreated?: (session: StoredSession) => Promise<void>;
  readonly onFlushed?: (session: StoredSession) => Promise<void>;
  /** Told of a session that has ended when its visitor comes back. */
  readonly onExpired?: (session: StoredSession) => void;
}

const LOADED = Promise.resolve();

/**
 * Holds one visitor's session during one request: what was read, what was changed, and how both meet the store.
 *
 * The visitor's key is a claim until the values are first looked at: a key that stands for nothing is then forgotten, so
 * that what is saved gets a new one.
 */
export class SessionState {
  accessed = false;
  #modified = false;
  #key: string | undefined;
  #nextKey: string | undefined;
  #isAwaited = false;
  #loading: Promise<void> = LOADED;
  #isFetched = false;
  #failure: Error | undefined;
  #stored: StoredSession | undefined;
  #values: SessionValues | undefined;
  #changes = new SessionChanges();
  /** Whether the store holds all of this, written by this very request. */
  #isWritten = false;
  /** Keys whose values are objects that the application has in its hands. */
  #lent: Set<string> | undefined;
  /** Those of them that were read as plain properties. */
  #watched: Set<string> | undefined;

  readonly #backend: SessionBackend;
  readonly #options: SessionStateOptions;

  constructor(backend: SessionBackend, claimedKey?: string, options: SessionStateOptions = {}) {
    this.#backend = backend;
    this.#key = claimedKey;
    this.#options = options;
  }

  /** When the session ends that was read; nothing for one that is not stored. */
  get expiresAt(): Date | undefined {
    return this.#stored?.expiresAt;
  }

  /** The key that the visitor claims or has, whether it was looked up or not. */
  get claimedKey(): string | undefined {
    return this.#key;
  }

  get key(): string | undefined {
    return this.#isFetched && !this.#stored ? undefined : this.#key;
  }

  /** The key that this session has, or will have once it is saved. */
  get futureKey(): string {
    this.open();
    return this.#key ?? (this.#nextKey ??= makeSessionKey());
  }

  get isEmpty(): boolean {
    return this.#key === undefined && Object.keys(this.#values ?? {}).length === 0;
  }

  get modified(): boolean {
    return this.#modified || this.#mutations(this.#watched).length > 0;
  }

  set modified(modified: boolean) {
    this.#modified = modified;
  }

  /** Asks the store, once; a failure is kept for whoever touches the session. */
  load(): Promise<void> {
    const isDue = !(this.#isAwaited || this.#isFetched || this.#values);
    this.#isAwaited = true;
    if (isDue && this.#key !== undefined) this.#loading = this.#load(this.#key);
    return this.#loading;
  }

  async #load(key: string): Promise<void> {
    const { isOver, onExpired } = this.#options;
    try {
      const stored = await this.#backend.fetch(key, onExpired);
      if (stored && isOver?.(stored.values)) {
        await this.#backend.drop(key);
        onExpired?.(stored);
      } else {
        this.#stored = stored;
      }
      this.#isFetched = true;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#loading = LOADED;
  }

  /** Returns the values, without counting as access. */
  open(): SessionValues {
    if (this.#values) return this.#values;
    // Without a key as well: what fails for visitors who come back must not work for new ones.
    if (this.#options.isOnDemand === true && !this.#isAwaited) throw notLoaded();
    if (this.#key !== undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      if (!this.#isFetched) throw notLoaded();
      if (!this.#stored) this.#key = undefined;
    }
    return (this.#values = this.#stored?.values ?? emptyValues());
  }

  read(key: string): unknown {
    const value = this.#touch()[key];
    if (isObject(value)) (this.#lent ??= new Set()).add(key);
    return value;
  }

  /** Reads as a plain property: a change inside the value then counts as a change of the session. */
  watch(key: string): unknown {
    const value = this.read(key);
    if (isObject(value)) (this.#watched ??= new Set()).add(key);
    return value;
  }

  has(key: string): boolean {
    return key in this.#touch();
  }

  keys(): string[] {
    return Object.keys(this.#touch());
  }

  write(key: string, value: unknown): void {
    if (key === '__proto__') throw new TypeError('"__proto__" cannot be a key of a session.');
    this.#touch()[key] = value;
    this.#changes.set(key, value);
    if (isObject(value)) (this.#lent ??= new Set()).add(key);
    this.#change();
  }

  remove(key: string): boolean {
    const values = this.#touch();
    if (!(key in values)) return false;
    delete values[key];
    this.#changes.delete(key);
    this.#change();
    return true;
  }

  /** Removes every value, except those of the keys that are to stay. */
  clear(staying: readonly string[] = []): void {
    const old = this.#touch();
    this.#values = emptyValues();
    this.#changes.clear();
    for (const key of staying) if (key in old) this.write(key, old[key]);
    this.#change();
  }

  /** Marks a change that no value shows. */
  #change(): void {
    this.#modified = true;
    this.#isWritten = false;
  }

  #touch(): SessionValues {
    this.accessed = true;
    return this.open();
  }

  /**
   * Writes what this request changed over what the store holds now.
   *
   * @throws SessionInterruptedError when the session was deleted meanwhile.
   */
  async save(expiresAt: () => Date): Promise<void> {
    const loading = this.load();
    if (loading !== LOADED) await loading;
    this.open();
    if (this.#key === undefined || !this.#stored) return this.#insert(expiresAt(), true);
    for (const key of this.#mutations(this.#lent)) {
      this.#changes.set(key, this.#values?.[key]);
      this.#isWritten = false;
    }
    if (this.#isWritten) return;
    this.#adopt(await this.#backend.commit(this.#stored, this.#changes, expiresAt()));
  }

  /** Stores the values under a new key at once. */
  async create(expiresAt: () => Date): Promise<void> {
    await this.load();
    this.#touch();
    await this.#insert(expiresAt(), true);
    this.#modified = true;
  }

  /** Moves everything to a new key, what others wrote meanwhile included. */
  async cycle(expiresAt: () => Date): Promise<void> {
    await this.load();
    const values = this.#touch();
    const old = this.#stored;
    if (old) {
      for (const key of this.#mutations(this.#lent)) this.#changes.set(key, values[key]);
      const current = await this.#backend.demand(old.key);
      this.#values = this.#merge(this.#changes.applyTo(current.values));
    }
    await this.#insert(expiresAt(), !old);
    this.#modified = true;
    if (old) await this.#backend.drop(old.key);
  }

  /** Forgets the values and the key, here and in the store. */
  async flush(): Promise<void> {
    this.accessed = true;
    // The store first: while it still holds the session, so must the visitor.
    await this.abandon();
    this.#isAwaited = true;
    this.#key = this.#nextKey = this.#stored = this.#failure = undefined;
    this.#values = emptyValues();
    this.#changes = new SessionChanges();
    this.#change();
  }

  /** Removes the session from the store; here it stays as it is. */
  async abandon(): Promise<void> {
    if (this.#key === undefined) return;
    // Whoever wants to know of it wants to know whose it was.
    if (this.#options.onFlushed) await this.load();
    await this.#backend.drop(this.#key);
    if (this.#stored) await this.#options.onFlushed?.(this.#stored);
  }

  /** Reads again what others wrote meanwhile, under what this request has changed. */
  async refresh(): Promise<void> {
    if (!this.#isFetched || !this.#stored) return this.load();
    const stored = await this.#backend.demand(this.#stored.key);
    this.#stored = stored;
    this.#isWritten = false;
    if (this.#values) this.#values = this.#merge(this.#changes.applyTo(stored.values));
  }

  /**
   * Throws this request's changes away and reads again.
   *
   * @throws SessionInterruptedError when the session was deleted meanwhile.
   */
  async reload(): Promise<void> {
    const stored = this.key === undefined ? undefined : await this.#backend.demand(this.key);
    this.accessed = true;
    this.#modified = this.#isWritten = false;
    this.#stored = stored;
    this.#values = stored?.values ?? emptyValues();
    this.#changes = new SessionChanges();
    this.#lent = this.#watched = undefined;
  }

  async #insert(expiresAt: Date, isNew: boolean): Promise<void> {
    const key = this.#nextKey ?? makeSessionKey();
    this.#nextKey = undefined;
    const stored = await this.#backend.create(key, this.open(), expiresAt);
    this.#adopt(stored);
    if (isNew) await this.#options.onCreated?.(stored);
  }

  #adopt(stored: StoredSession): void {
    if (!this.#values || stored.isOwn !== true) this.#values = this.#merge(stored.values);
    this.#stored = stored;
    this.#key = stored.key;
    this.#isFetched = this.#isWritten = true;
    this.#changes = new SessionChanges();
  }

  /** Takes over what is new in `values` and keeps the objects that the application has in its hands. */
  #merge(values: SessionValues): SessionValues {
    const own = this.#values ?? emptyValues();
    const merged = emptyValues();
    for (const [key, value] of Object.entries(values)) {
      merged[key] = key in own && this.#isSame(own[key], value) ? own[key] : value;
    }
    return merged;
  }

  /** Returns those of `keys` whose values changed inside since they were read. */
  #mutations(keys: ReadonlySet<string> | undefined): string[] {
    if (!keys?.size || !this.#stored || !this.#values) return [];
    const { serializer } = this.#backend;
    const values = this.#values;
    if (serializer.encode(values) === this.#stored.text) return [];
    const original = serializer.decode(this.#stored.text);
    return [...keys].filter((key) => key in values && !this.#isSame(values[key], original[key]));
  }

  #isSame(a: unknown, b: unknown): boolean {
    if (!isObject(a) || !isObject(b)) return Object.is(a, b);
    const { serializer } = this.#backend;
    return serializer.encode({ value: a }) === serializer.encode({ value: b });
  }
}

function notLoaded(): SessionNotLoadedError {
  return new SessionNotLoadedError(
    'The session is not loaded. Declare @Session() in the handler, or call `await session.load()` before using it.',
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function emptyValues(): SessionValues {
  return Object.create(null) as SessionValues;
}
