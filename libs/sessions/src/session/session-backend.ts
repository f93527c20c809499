import type { SessionSerializer, SessionValues } from '../serializer/session-serializer.js';
import type { SessionSettings } from '../settings.js';
import type { SessionChanges } from './session-changes.js';

/** A session as it was read from, or written to, its store. */
export interface StoredSession {
  /** The key that stands for it from now on. */
  readonly key: string;
  /** What is stored; whoever takes it may change it. */
  readonly values: SessionValues;
  /** Whether it is what the caller gave or knew, and nothing of what others wrote; then he need not take it over. */
  readonly isOwn?: boolean;
  /** The stored text: whether anyone else has written since is told by comparing it. */
  readonly text: string;
  /** When the session ends, unless it is saved again. */
  readonly expiresAt: Date;
}

/** A session of a user, as {@link Engine.list} tells of it. */
export interface UserSession {
  /** Stands for the session without opening it: it may be shown, and given to `sessions.revoke()`. */
  readonly id: string;
  readonly values: SessionValues;
  readonly expiresAt: Date;
}

export interface ClearOptions {
  /** Called after each batch with the number of sessions removed so far. */
  onProgress?: (removed: number) => void;
  /** Sessions removed in one go, which is how long anything is locked. Default 1000. */
  batchSize?: number;
}

export interface LockOptions {
  /** Milliseconds. */
  readonly wait: number;
}

/** Gives a lock back. */
export type Unlock = () => Promise<void>;

/** What a {@link Session} asks of its store; every engine answers it. */
export interface SessionBackend {
  readonly serializer: SessionSerializer;
  /** Whether the key is the session itself, sealed: nothing then is signed on top of it, and no store keeps it. */
  readonly isSealed?: boolean | undefined;
  /**
   * Returns the living session behind `key`; nothing for an unknown, expired or forged key.
   *
   * @param onExpired Told of a session that has ended, where the store still has it.
   */
  fetch(key: string, onExpired?: (session: StoredSession) => void): Promise<StoredSession | undefined>;
  /** Returns the living session behind `key`. @throws SessionInterruptedError when it was deleted. */
  demand(key: string): Promise<StoredSession>;
  /** Stores a new session, under `key` where the engine lets one choose. */
  create(key: string, values: SessionValues, expiresAt: Date): Promise<StoredSession>;
  /** Merges `changes` into what is stored now. @throws SessionInterruptedError when the session was deleted. */
  commit(base: StoredSession, changes: SessionChanges, expiresAt: Date): Promise<StoredSession>;
  drop(key: string): Promise<void>;
}

/** Finds what an engine needs in the application, by its injection token; nothing when there is none. */
export type Resolve = <T>(token: unknown) => T | undefined;

/** Where an application keeps its sessions. */
export interface Engine extends SessionBackend {
  /** Takes what the engine needs from the application; called once, before the first request. */
  attach?(resolve: Resolve, settings: SessionSettings): void | Promise<void>;
  /**
   * Removes the sessions that have expired and returns their number. Django: `clearsessions`.
   *
   * A store that forgets them by itself has nothing to do.
   */
  clearExpired(options?: ClearOptions): Promise<number>;
  /** Returns the living sessions of a user; left out by an engine without an index of users. */
  list?(userId: string): Promise<UserSession[]>;
  /** Removes the session of an id that {@link Engine.list} told, and says whether it was there. */
  revoke?(id: string): Promise<boolean>;
  /** Removes the sessions of a user, except that of one key, and returns their number. */
  revokeAll?(userId: string, exceptKey?: string): Promise<number>;
  /**
   * Waits until nobody else has the lock of a session; returns nothing when that takes too long.
   *
   * Left out by an engine whose sessions are not on the server.
   */
  lock?(key: string, options: LockOptions): Promise<Unlock | undefined>;
}
