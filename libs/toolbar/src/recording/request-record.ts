import { sizeOf } from './size-of.js';

/** What is known of a request before anything has answered it. */
export interface RequestStart {
  readonly id: string;
  readonly method: string;
  /** Path and query, secrets masked. */
  readonly url: string;
  readonly path: string;
  readonly client: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What is known once the response is there. */
export interface RequestEnd {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bytes: number | undefined;
}

/** Holds what one request did, each panel's part apart, within a number of bytes. */
export class RequestRecord {
  readonly at = new Date();
  /** When it came, as `performance.now()` counts. */
  readonly startedAt = performance.now();
  readonly #kept = new Map<string, object[]>();
  readonly #counts = new Map<string, number>();
  #bytes: number;
  #end: RequestEnd | undefined;
  #milliseconds: number | undefined;

  /** @param maxBytes What comes when they are used up is counted and not kept. */
  constructor(
    readonly start: RequestStart,
    private readonly maxBytes: number,
  ) {
    this.#bytes = sizeOf(start);
  }

  get id(): string {
    return this.start.id;
  }

  get end(): RequestEnd | undefined {
    return this.#end;
  }

  /** How long it took; so far, while it is under way. */
  get milliseconds(): number {
    return this.#milliseconds ?? performance.now() - this.startedAt;
  }

  /** An estimate of what this record holds in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns what a panel has kept. */
  kept<Kept extends object>(panel: string): readonly Kept[] {
    return (this.#kept.get(panel) ?? []) as Kept[];
  }

  /** How many things there were for a panel, those that were not kept included. */
  count(panel: string): number {
    return this.#counts.get(panel) ?? 0;
  }

  /** Keeps one thing for a panel, unless there is no room left. */
  keep(panel: string, thing: object): void {
    this.#counts.set(panel, this.count(panel) + 1);
    const size = sizeOf(thing);
    if (this.#bytes + size > this.maxBytes) return;
    this.#bytes += size;
    const kept = this.#kept.get(panel);
    if (kept === undefined) this.#kept.set(panel, [thing]);
    else kept.push(thing);
  }

  /** Takes down how the request was answered. */
  finish(end: RequestEnd): void {
    this.#milliseconds = performance.now() - this.startedAt;
    this.#end = end;
    this.#bytes += sizeOf(end);
  }
}
