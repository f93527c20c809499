import { SessionEngine, type SessionEngineOptions } from './session-engine.js';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { ClearOptions, UserSession } from '../session/session-backend.js';
import type { SessionRecord } from './session-record.js';

/** Keeps sessions in this process, for development and tests: a restart loses them, other processes do not see them. */
export class MemoryEngine extends SessionEngine {
  readonly #records = new Map<string, SessionRecord>();

  protected override async read(id: string): Promise<SessionRecord | undefined> {
    return this.#records.get(id);
  }

  protected override async insert(id: string, record: SessionRecord): Promise<boolean> {
    if (this.#records.has(id)) return false;
    this.#records.set(id, record);
    return true;
  }

  protected override async replace(
    id: string,
    expected: SessionRecord,
    record: SessionRecord,
  ): Promise<boolean> {
    if (this.#records.get(id)?.data !== expected.data) return false;
    this.#records.set(id, record);
    return true;
  }

  protected override async remove(id: string): Promise<void> {
    this.#records.delete(id);
  }

  override async clearExpired({ onProgress, batchSize = 1000 }: ClearOptions = {}): Promise<number> {
    const now = Date.now();
    let removed = 0;
    for (const [id, { expiresAt }] of this.#records) {
      if (expiresAt.getTime() > now) continue;
      this.#records.delete(id);
      removed += 1;
      if (removed % batchSize !== 0) continue;
      onProgress?.(removed);
      await yieldToOthers();
    }
    return removed;
  }

  async list(userId: string): Promise<UserSession[]> {
    const now = Date.now();
    return this.#of(userId)
      .filter(([, { expiresAt }]) => expiresAt.getTime() > now)
      .map(([id, { data, expiresAt }]) => ({ id, values: this.valuesOf(data), expiresAt }));
  }

  async revoke(id: string): Promise<boolean> {
    return this.#records.delete(id);
  }

  async revokeAll(userId: string, exceptKey?: string): Promise<number> {
    const except = exceptKey === undefined ? undefined : this.idOf(exceptKey);
    const revoked = this.#of(userId).filter(([id]) => id !== except);
    for (const [id] of revoked) this.#records.delete(id);
    return revoked.length;
  }

  #of(userId: string): [id: string, record: SessionRecord][] {
    return [...this.#records].filter(([, record]) => record.userId === userId);
  }
}

/** Makes an engine that keeps sessions in this process, for development and tests. */
export function memoryEngine(options?: SessionEngineOptions): MemoryEngine {
  return new MemoryEngine(options);
}
