import type { RequestRecord } from './request-record.js';

/** Keeps the last requests of this process, within a number and a number of bytes. */
export class RecordStore {
  readonly #records = new Map<string, RequestRecord>();
  #bytes = 0;

  constructor(
    private readonly maxRecords: number,
    private readonly maxBytes: number,
  ) {}

  /** How many requests are kept. */
  get size(): number {
    return this.#records.size;
  }

  /** An estimate of what is held in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a finished request; the oldest ones make room. */
  add(record: RequestRecord): void {
    this.#records.set(record.id, record);
    this.#bytes += record.bytes;
    while (this.#records.size > this.maxRecords || (this.#bytes > this.maxBytes && this.#records.size > 1))
      this.#forgetOldest();
  }

  get(id: string): RequestRecord | undefined {
    return this.#records.get(id);
  }

  /** The requests that are kept, the last one first. */
  get newestFirst(): readonly RequestRecord[] {
    return [...this.#records.values()].reverse();
  }

  clear(): void {
    this.#records.clear();
    this.#bytes = 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#records.values();
    this.#records.delete(oldest!.id);
    this.#bytes -= oldest!.bytes;
  }
}
