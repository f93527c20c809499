import { SessionEngine, type SessionEngineOptions } from './session-engine.js';
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

  protected override async replace(id: string, expected: string, record: SessionRecord): Promise<boolean> {
    if (this.#records.get(id)?.data !== expected) return false;
    this.#records.set(id, record);
    return true;
  }

  protected override async remove(id: string): Promise<void> {
    this.#records.delete(id);
  }

  override async clearExpired(): Promise<number> {
    const now = Date.now();
    const before = this.#records.size;
    for (const [id, { expiresAt }] of this.#records) {
      if (expiresAt.getTime() <= now) this.#records.delete(id);
    }
    return before - this.#records.size;
  }
}

/** Makes an engine that keeps sessions in this process, for development and tests. */
export function memoryEngine(options?: SessionEngineOptions): MemoryEngine {
  return new MemoryEngine(options);
}
