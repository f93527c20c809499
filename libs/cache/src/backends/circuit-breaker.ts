import { ImproperlyConfiguredError } from '@nest-quintet/core';
import {
  CacheUnavailableError,
  NotAnIntegerError,
  StoreRefusedError,
  UncacheableValueError,
} from '../errors.js';
import type { StoreMeter } from '../statistics/store-meter.js';
import type { CacheLogger } from './backend.js';

export interface CircuitBreakerOptions {
  /** Milliseconds that one operation may take, connecting included. */
  readonly limit: number;
  readonly onError: 'miss' | 'throw';
  /** Begins the messages: `The cache "default"`. */
  readonly name: string;
  /** What is out there: `Redis`. */
  readonly store: string;
  readonly logger: CacheLogger;
  readonly meter: StoreMeter;
  /** Lets go of what hangs, when the store goes down. */
  readonly release: () => Promise<void>;
  /** Proves that the store answers, and makes up for what was lost; throws as long as it cannot. */
  readonly revive: () => Promise<void>;
}

/** What says nothing about the store, but about the call. */
const mistakes = [NotAnIntegerError, UncacheableValueError, ImproperlyConfiguredError];

const FIRST_RETRY = 50;
const LONGEST_RETRY = 1_000;

/**
 * Bounds every operation of a store in time and takes a store that fails out of service.
 *
 * From the first failure on every operation is answered at once, while the store is tried in the background until it
 * answers again. Going down and coming back are logged once each.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #complaints = new Set<string>();
  #isDown = false;
  /** Counts the changes of state: what fails late says nothing about the present. */
  #epoch = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: CircuitBreakerOptions) {
    this.#options = options;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /**
   * Runs one operation within the limit.
   *
   * @param missed Notes what is lost and gives the answer of a store that is down.
   * @throws CacheUnavailableError with `onError: 'throw'`.
   */
  async run<T>(operation: () => Promise<T>, missed: () => T): Promise<T> {
    if (this.#isDown) return this.#miss(missed);
    const epoch = this.#epoch;
    const start = performance.now();
    try {
      return await this.#within(operation());
    } catch (error) {
      if (error instanceof StoreRefusedError) this.#complain(error);
      else if (mistakes.some((type) => error instanceof type)) throw error;
      else if (epoch === this.#epoch) this.#trip(error);
      return this.#miss(missed, error);
    } finally {
      this.#options.meter.ended((performance.now() - start) / 1000);
    }
  }

  /** For operations that no miss can answer. */
  fail(cause?: unknown): never {
    throw new CacheUnavailableError(`${this.#options.name} is down.`, { cause });
  }

  /** Forgets about the state; what is under way counts no longer. */
  close(): void {
    clearTimeout(this.#retry);
    this.#isDown = false;
    this.#epoch++;
  }

  /** What is lost is noted in either case: whoever catches the error may do nothing about it. */
  #miss<T>(missed: () => T, cause?: unknown): T {
    this.#options.meter.errors++;
    const answer = missed();
    return this.#options.onError === 'throw' ? this.fail(cause) : answer;
  }

  #trip(cause: unknown): void {
    this.#isDown = true;
    this.#epoch++;
    const { name, store, logger, release } = this.#options;
    logger.warn(`${name} is down: ${messageOf(cause)} Until ${store} answers again it finds nothing.`);
    void release().then(undefined, () => undefined);
    this.#scheduleRetry(FIRST_RETRY);
  }

  #scheduleRetry(delay: number): void {
    const epoch = this.#epoch;
    this.#retry = setTimeout(() => void this.#recover(delay, epoch), delay).unref();
  }

  async #recover(delay: number, epoch: number): Promise<void> {
    const { name, logger, revive, release } = this.#options;
    try {
      await this.#within(revive());
    } catch {
      await release().catch(() => undefined);
      if (epoch === this.#epoch) this.#scheduleRetry(Math.min(delay * 2, LONGEST_RETRY));
      return;
    }
    if (epoch !== this.#epoch) return;
    this.#isDown = false;
    this.#epoch++;
    this.#complaints.clear();
    logger.log(`${name} is back.`);
  }

  /** The store answers, but refuses: read-only, out of memory, still loading. Each kind is told once. */
  #complain({ kind, message }: StoreRefusedError): void {
    if (this.#complaints.has(kind)) return;
    this.#complaints.add(kind);
    this.#options.logger.warn(`${this.#options.name} was refused by ${this.#options.store}: ${message}`);
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      const late = () => reject(new Error(`no answer within ${this.#options.limit} ms.`));
      timer = setTimeout(late, this.#options.limit);
    });
    try {
      return await Promise.race([work, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.endsWith('.') ? message : `${message}.`;
}
