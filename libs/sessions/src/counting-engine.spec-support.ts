import { MemoryEngine } from './engines/memory.engine.js';
import type { SessionRecord } from './engines/session-record.js';

/** Sessions in memory, and what was asked of it. */
export class CountingEngine extends MemoryEngine {
  #operations: string[] = [];

  /** Returns what was asked since the last time. */
  takeOperations(): string[] {
    const taken = this.#operations;
    this.#operations = [];
    return taken;
  }

  protected override read(id: string): Promise<SessionRecord | undefined> {
    this.#operations.push('read');
    return super.read(id);
  }

  protected override insert(id: string, record: SessionRecord): Promise<boolean> {
    this.#operations.push('insert');
    return super.insert(id, record);
  }

  protected override replace(id: string, expected: SessionRecord, record: SessionRecord): Promise<boolean> {
    this.#operations.push('replace');
    return super.replace(id, expected, record);
  }

  protected override remove(id: string): Promise<void> {
    this.#operations.push('remove');
    return super.remove(id);
  }
}
