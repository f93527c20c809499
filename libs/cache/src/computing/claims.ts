import { setTimeout as wait } from 'node:timers/promises';
import type { CacheBackend } from '../backends/backend.js';
import { CacheUnavailableError } from '../errors.js';
import { Claim, CLAIM_TIMEOUT } from './claim.js';
import type { Freshness, Inspected } from './freshness.js';
import { HeldClaim } from './held-claim.js';

/** Who is to compute: this process, holding a claim or not, or another one that has the answer by now. */
export type Turn =
  | { readonly kind: 'ours'; readonly claim?: HeldClaim }
  | { readonly kind: 'theirs'; readonly found: Inspected };

const SHORTEST_PAUSE = 2;
const LONGEST_PAUSE = 40;
const MAX_ATTEMPTS = 8;

/** Lets one process at a time compute a value, by a claim in the store that all of them share. */
export class Claims {
  constructor(
    private readonly backend: CacheBackend,
    private readonly freshness: Freshness,
  ) {}

  /**
   * Takes the turn to compute a value, or waits for whoever has it.
   *
   * @param stored What was found in the store.
   * @param keep The milliseconds for which to keep `stored` while it may still be served.
   */
  async take(key: string, stored: unknown, keep: number | null): Promise<Turn> {
    let pause = SHORTEST_PAUSE;
    for (let attempt = 0, seen = stored; attempt < MAX_ATTEMPTS;) {
      if (seen instanceof Claim && seen.isAlive) {
        await wait(pause + Math.random() * pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      } else {
        const claim = await this.#tryClaim(key, seen, keep);
        if (claim !== 'lost') return { kind: 'ours', claim };
        attempt++;
      }
      seen = await this.backend.get(key);
      const found = await this.freshness.inspect(seen);
      if (found?.isFresh && !(seen instanceof Claim)) return { kind: 'theirs', found };
    }
    // A value that never equals itself, by the types of the application: computed without a claim.
    return { kind: 'ours' };
  }

  /** Takes the turn where nobody has it; never waits. */
  async tryTake(key: string, stored: unknown, keep: number | null): Promise<HeldClaim | undefined | 'lost'> {
    if (stored instanceof Claim && stored.isAlive) return 'lost';
    return this.#tryClaim(key, stored, keep);
  }

  /** Waits until nobody has the turn, or whoever had it has died; returns what is stored then. */
  async outlast(key: string): Promise<unknown> {
    for (let pause = SHORTEST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const seen = await this.backend.get(key);
      if (!(seen instanceof Claim) || !seen.isAlive) return seen;
      await wait(pause + Math.random() * pause);
    }
  }

  /** @returns `undefined` when the store does not answer: everyone then computes for themselves. */
  async #tryClaim(key: string, seen: unknown, keep: number | null): Promise<HeldClaim | undefined | 'lost'> {
    const previous = seen instanceof Claim ? seen.previous : seen;
    const isServable = (await this.freshness.inspect(previous)) !== undefined;
    const claim = Claim.make(isServable ? previous : undefined);
    const timeout = isServable ? keep : CLAIM_TIMEOUT;
    try {
      if (!(await this.backend.compareAndSet(key, seen, claim, timeout))) return 'lost';
    } catch (error) {
      if (error instanceof CacheUnavailableError) return undefined;
      throw error;
    }
    return new HeldClaim(this.backend, key, claim, timeout);
  }
}
