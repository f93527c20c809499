import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LockOptions, Unlock } from '../session/session-backend.js';
import { LocalLocks } from './local-locks.js';
import type { SessionRecord } from './session-record.js';

/** What a lock needs of a store: the questions that every engine answers. */
export interface LockStore {
  insert(id: string, record: SessionRecord): Promise<boolean>;
  read(id: string): Promise<SessionRecord | undefined>;
  replace(id: string, expected: SessionRecord, record: SessionRecord): Promise<boolean>;
  remove(id: string): Promise<void>;
}

/** Milliseconds after which the lock of a process that died is anyone's; a living one renews its own. */
const LEASE = 30_000;

/** Milliseconds between two attempts to take what another process has. */
const PAUSE = { least: 5, most: 50 };

/** Gives one request at a time the session, in this process in order of arrival, among processes as it comes. */
export class SessionLocks {
  readonly #local = new LocalLocks();

  constructor(private readonly store: LockStore) {}

  /** Returns nothing when the lock is not to be had within `wait` milliseconds. */
  async acquire(id: string, { wait }: LockOptions): Promise<Unlock | undefined> {
    const deadline = performance.now() + wait;
    const leave = await this.#local.enter(id, wait);
    if (!leave) return undefined;
    try {
      const unlock = await this.#take(id, deadline);
      if (!unlock) leave();
      return unlock && (() => unlock().finally(leave));
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #take(id: string, deadline: number): Promise<Unlock | undefined> {
    for (let lease = makeLease(); ; lease = makeLease()) {
      if ((await this.store.insert(id, lease)) || (await this.#inherit(id, lease)))
        return this.#hold(id, lease);
      if (performance.now() >= deadline) return undefined;
      await sleep(PAUSE.least + Math.random() * (PAUSE.most - PAUSE.least));
    }
  }

  /** Takes the lock of one who has died. */
  async #inherit(id: string, lease: SessionRecord): Promise<boolean> {
    const held = await this.store.read(id);
    if (!held || held.expiresAt.getTime() > Date.now()) return false;
    return this.store.replace(id, held, lease);
  }

  #hold(id: string, first: SessionRecord): Unlock {
    let lease: SessionRecord = first;
    const renew = async () => {
      const next = { ...lease, expiresAt: new Date(Date.now() + LEASE) };
      if (await this.store.replace(id, lease, next)) lease = next;
    };
    let renewal: Promise<unknown> = Promise.resolve();
    // A renewal that fails leaves the lease as it is: it ends, and the lock is anyone's.
    const timer = setInterval(() => (renewal = renew().catch(() => undefined)), LEASE / 3).unref();
    return async () => {
      clearInterval(timer);
      await renewal;
      // As long as our lease lasts nobody else can have taken the lock.
      if (Date.now() < lease.expiresAt.getTime()) await this.store.remove(id);
    };
  }
}

function makeLease(): SessionRecord {
  // JSON, as some stores keep nothing else.
  return { data: JSON.stringify({ lock: randomUUID() }), expiresAt: new Date(Date.now() + LEASE) };
}
