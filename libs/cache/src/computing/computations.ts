import { toMilliseconds } from '@nest-quintet/core';
import type { CacheBackend } from '../backends/backend.js';
import type { GetOrSetOptions } from '../cache.js';
import type { CacheContext } from '../create-cache.js';
import { Flights } from '../flights.js';
import type { CacheCounters } from '../statistics/cache-counters.js';
import { currentDependencies } from '../tags/dependencies.js';
import { Tagged } from '../tags/tagged.js';
import { Claims } from './claims.js';
import { Freshness, isPlain } from './freshness.js';
import { Graceful } from './graceful.js';
import type { HeldClaim } from './held-claim.js';

/** One value to compute. */
export interface Computation<T> {
  readonly key: string;
  readonly factory: () => T | Promise<T>;
  /** Milliseconds, zero or less for not at all, `null` for never. */
  readonly timeout: number | null;
  readonly options: GetOrSetOptions<T>;
  /** Hears of it where there is nothing to serve. */
  readonly onMiss?: () => void;
}

interface Outcome<T> {
  readonly value: T;
  readonly tagged?: Tagged;
}

const MAX_FAILING = 1_000;

/** Computes what is missing: once per process, once for all processes where their store coordinates them. */
export class Computations {
  readonly flights = new Flights();
  /** Keys whose last refresh failed: each is told once. */
  readonly #failing = new Set<string>();

  constructor(
    private readonly backend: CacheBackend,
    private readonly counters: CacheCounters,
    private readonly context: CacheContext,
  ) {}

  async getOrSet<T>(computation: Computation<T>, freshness: Freshness): Promise<T> {
    const { key, options } = computation;
    const { local } = this.backend;
    const stored = local ? local.getNow(key) : await this.backend.get(key);
    if (stored !== undefined) {
      if (isPlain(stored)) return this.counters.read(stored as T);
      const found = await freshness.inspect(stored);
      const isDue = options.refreshAhead && found?.wrapper?.isDue(Number(options.refreshAhead));
      if (found?.isFresh && !isDue) return this.counters.read(found.value as T);
      if (found && (found.isFresh || options.grace !== undefined)) {
        this.#refresh(computation, freshness, stored);
        if (!found.isFresh) this.counters.stale++;
        else this.counters.hits++;
        return found.value as T;
      }
    }
    this.counters.misses++;
    computation.onMiss?.();
    const { isOwn, result } = this.flights.join(key, (isCurrent) =>
      this.#take(computation, freshness, stored, isCurrent),
    );
    const { value, tagged } = await result;
    // Whoever joined may have come after a change that the computation began before.
    if (isOwn || !tagged || (await freshness.read(tagged)) !== undefined) return value;
    return this.getOrSet(computation, freshness);
  }

  /** Computes in the background, unless that is under way; a failure is logged once, and the old value stays. */
  #refresh<T>(computation: Computation<T>, freshness: Freshness, stored: unknown): void {
    const { key } = computation;
    const { isOwn, result } = this.flights.join(key, async (isCurrent) => {
      if (!this.backend.coordinates) return this.#compute(computation, freshness, isCurrent, stored);
      const claim = await new Claims(this.backend, freshness).tryTake(key, stored, keepOf(computation));
      if (claim === 'lost') return undefined;
      return this.#compute(computation, freshness, isCurrent, stored, claim);
    });
    if (!isOwn) return;
    result.then(
      () => this.#failing.delete(key),
      (error: unknown) => this.#report(key, error),
    );
  }

  async #take<T>(
    computation: Computation<T>,
    freshness: Freshness,
    stored: unknown,
    isCurrent: () => boolean,
  ): Promise<Outcome<T>> {
    const { key, timeout } = computation;
    if (!this.backend.coordinates || isOver(timeout)) {
      return this.#compute(computation, freshness, isCurrent, stored);
    }
    const turn = await new Claims(this.backend, freshness).take(key, stored, keepOf(computation));
    if (turn.kind === 'theirs') return { value: turn.found.value as T };
    return this.#compute(computation, freshness, isCurrent, stored, turn.claim);
  }

  async #compute<T>(
    computation: Computation<T>,
    freshness: Freshness,
    isCurrent: () => boolean,
    stored: unknown,
    claim?: HeldClaim,
  ): Promise<Outcome<T>> {
    const { key, factory, timeout, options } = computation;
    try {
      const asOf = options.tags ? (await freshness.readTags([])).now : 0;
      const start = performance.now();
      this.counters.computations++;
      const value = await factory();
      const cost = performance.now() - start;
      const names = typeof options.tags === 'function' ? options.tags(value) : options.tags;
      const tagged = names && new Tagged(value, names, asOf);
      if (names) currentDependencies()?.add(names);
      // A value that was set, deleted or cleared meanwhile must not be brought back.
      if (value === undefined || isOver(timeout) || !isCurrent()) {
        await claim?.settle();
        return { value, tagged };
      }
      if (tagged && !tagged.isFresh((await freshness.readTags(tagged.tags)).changes)) {
        if (claim) await claim.settle();
        else await this.backend.delete([key]);
        return { value, tagged };
      }
      const lifetime = jittered(timeout, options.jitter ?? 0);
      const wrapped = wrap(tagged ?? value, lifetime, cost, options);
      const keep = lifetime === null ? null : lifetime + graceOf(options);
      if (claim) await claim.settle(wrapped, keep);
      else if (stored !== undefined || tagged) await this.backend.set(key, wrapped, keep);
      else if (!(await this.backend.add(key, wrapped, keep))) {
        const theirs = (await freshness.read(await this.backend.get(key))) as T | undefined;
        return { value: theirs === undefined ? value : theirs };
      }
      return { value, tagged };
    } catch (error) {
      await claim?.settle();
      throw error;
    }
  }

  #report(key: string, error: unknown): void {
    if (this.#failing.has(key)) return;
    if (this.#failing.size >= MAX_FAILING) this.#failing.clear();
    this.#failing.add(key);
    const message = error instanceof Error ? error.message : String(error);
    this.context.logger.warn(
      `The cache "${this.context.alias}" could not refresh "${key}": ${message} Its old value is served until the grace ends.`,
    );
  }
}

/** A timeout that is over before it begins: nothing is to be stored. */
export function isOver(milliseconds: number | null): milliseconds is number {
  return milliseconds !== null && milliseconds <= 0;
}

function graceOf<T>({ grace }: GetOrSetOptions<T>): number {
  return grace === undefined ? 0 : toMilliseconds(grace, 'grace');
}

/** How long what is stored may go on being served while it is computed anew. */
function keepOf<T>({ timeout, options }: Computation<T>): number | null {
  return timeout === null ? null : timeout + graceOf(options);
}

/** Shortens a timeout by chance, so that what was stored together does not end together. */
function jittered(timeout: number | null, jitter: number): number | null {
  return timeout === null || jitter === 0 ? timeout : timeout * (1 - jitter * Math.random());
}

function wrap<T>(
  value: unknown,
  lifetime: number | null,
  cost: number,
  { grace, refreshAhead }: GetOrSetOptions<T>,
): unknown {
  if (lifetime === null || (grace === undefined && !refreshAhead)) return value;
  return new Graceful(value, Date.now() + lifetime, cost);
}
