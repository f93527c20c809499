import expressSession, { type SessionData as ExpressSessionData, type Store } from 'express-session';
import { SessionEngine } from './session-engine.js';
import type { SessionRecord } from './session-record.js';

/**
 * Keeps sessions in any express-session store, such as connect-redis, under the visitor's key itself, so that an
 * application which shares the store finds them.
 *
 * The store's contract knows no conditional write: requests of one visitor are merged without loss within this process,
 * and within microseconds of each other only between processes.
 */
export class StoreEngine extends SessionEngine {
  // No other serialiser: what the store is given must be an object, and JSON, as express-session's users write it.
  constructor(readonly store: Store) {
    super();
  }

  protected override idOf(key: string): string {
    return key;
  }

  protected override async read(id: string): Promise<SessionRecord | undefined> {
    const session = await this.#get(id);
    if (!session) return undefined;
    const expires: unknown = session.cookie.expires;
    // A store without a moment of its own for it forgets the session by itself.
    const expiresAt = expires ? new Date(expires as string | Date) : new Date(8.64e15);
    return { data: encode(session), expiresAt };
  }

  protected override async insert(id: string, record: SessionRecord): Promise<boolean> {
    if (await this.#get(id)) return false;
    await this.#set(id, record);
    return true;
  }

  protected override async replace(
    id: string,
    expected: SessionRecord,
    record: SessionRecord,
  ): Promise<boolean> {
    const current = await this.#get(id);
    if (!current || encode(current) !== expected.data) return false;
    await this.#set(id, record);
    return true;
  }

  protected override remove(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.store.destroy(id, (error: unknown) => (error ? reject(asError(error)) : resolve()));
    });
  }

  #get(id: string): Promise<ExpressSessionData | null | undefined> {
    return new Promise((resolve, reject) => {
      this.store.get(id, (error: unknown, session) => {
        // Some stores say "not found" so, and express-session takes it for that.
        if (error && (error as { code?: unknown }).code !== 'ENOENT') reject(asError(error));
        else resolve(error ? undefined : session);
      });
    });
  }

  #set(id: string, { data, expiresAt }: SessionRecord): Promise<void> {
    const values = JSON.parse(data) as object;
    const cookie = new expressSession.Cookie();
    cookie.maxAge = expiresAt.getTime() - Date.now();
    cookie.originalMaxAge = cookie.maxAge;
    return new Promise((resolve, reject) => {
      this.store.set(id, { ...values, cookie }, (error: unknown) =>
        error ? reject(asError(error)) : resolve(),
      );
    });
  }
}

function encode(session: ExpressSessionData): string {
  return JSON.stringify({ ...session, cookie: undefined });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
