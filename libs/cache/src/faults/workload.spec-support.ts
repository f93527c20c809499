import { setTimeout as wait } from 'node:timers/promises';
import type { Cache } from '../cache.js';

const KEYS = Array.from({ length: 40 }, (_, index) => `row:${index}`);
/** Rows that change once, during the fault, and that nobody touches afterwards. */
const QUIET = Array.from({ length: 40 }, (_, index) => `quiet:${index}`);
const WORKERS = 20;
/** Milliseconds that the source takes to answer. */
export const HANDLER = 5;

export interface Figures {
  readonly requests: number;
  readonly failed: readonly string[];
  readonly slowest: number;
}

/** Reads and writes rows of a source through a cache, as requests would, and notes what they see. */
export class Workload {
  readonly #rows = new Map<string, number>(KEYS.map((key) => [key, 0]));
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #failed: string[] = [];
  #requests = 0;
  #slowest = 0;
  #isOver = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(private readonly cache: Cache) {}

  /** Puts the quiet rows into the cache. */
  async prepare(): Promise<void> {
    await this.cache.setMany(Object.fromEntries(QUIET.map((key) => [key, 0])));
    for (const key of QUIET) this.#rows.set(key, 0);
  }

  /** Changes the quiet rows: half of them are set anew, half deleted. */
  async changeQuietRows(): Promise<void> {
    for (const [index, key] of QUIET.entries()) {
      this.#rows.set(key, 1);
      if (index % 2 === 0) await this.cache.set(key, 1);
      else await this.cache.delete(key);
    }
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: WORKERS }, () => this.#work()));
  }

  /** Ends the requests and returns what was noted since the last time. */
  async stop(): Promise<Figures> {
    this.#isOver = true;
    await this.#running;
    this.#isOver = false;
    return { requests: this.#requests, failed: this.#failed, slowest: Math.round(this.#slowest) };
  }

  /** Lists the rows of which the cache has another value than the source. */
  async outdated(): Promise<string[]> {
    const keys = [...KEYS, ...QUIET];
    const found = await this.cache.getMany<number>(keys);
    return keys.filter((key) => found.has(key) && found.get(key) !== this.#rows.get(key));
  }

  /** Waits until the cache keeps what it is given; returns the milliseconds that it took. */
  async recovery(): Promise<number> {
    const start = performance.now();
    for (let attempt = 0; attempt < 20_000; attempt++) {
      await this.cache.set('probe', attempt);
      if ((await this.cache.get('probe')) === attempt) return Math.round(performance.now() - start);
      await wait(2);
    }
    throw new Error('The cache did not recover.');
  }

  async #work(): Promise<void> {
    while (!this.#isOver) {
      const key = KEYS[Math.floor(Math.random() * KEYS.length)]!;
      const start = performance.now();
      try {
        await (Math.random() < 0.7 ? this.#read(key) : this.#write(key));
      } catch (error) {
        this.#failed.push(String(error));
      }
      this.#requests++;
      this.#slowest = Math.max(this.#slowest, performance.now() - start);
      await wait(1);
    }
  }

  #read(key: string): Promise<number> {
    return this.cache.getOrSet(key, async () => {
      const value = this.#rows.get(key)!;
      await wait(HANDLER);
      return value;
    });
  }

  /** One at a time for each row, as a database has it; the wait for others is none of the cache's. */
  #write(key: string): Promise<void> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(async () => {
      const value = this.#rows.get(key)! + 1;
      this.#rows.set(key, value);
      if (Math.random() < 0.5) await this.cache.set(key, value);
      else await this.cache.delete(key);
    });
    this.#turns.set(
      key,
      turn.catch(() => undefined),
    );
    return turn;
  }
}
