import type { CacheBackend } from '../backends/backend.js';
import { CacheUnavailableError } from '../errors.js';
import { CLAIM_TIMEOUT, RENEWAL, type Claim } from './claim.js';

/** A claim of this process, renewed as long as the computation lasts. */
export class HeldClaim {
  readonly #backend: CacheBackend;
  readonly #key: string;
  readonly #keep: number | null;
  #claim: Claim;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();

  /** @param keep The milliseconds for which to keep what the claim carries, `null` for ever. */
  constructor(backend: CacheBackend, key: string, claim: Claim, keep: number | null) {
    this.#backend = backend;
    this.#key = key;
    this.#claim = claim;
    this.#keep = keep;
    this.#timer = setInterval(() => {
      this.#renewing = this.#renewing.then(() => this.#renew());
    }, RENEWAL).unref();
  }

  /**
   * Puts a value where the claim is; without one, what was there before.
   *
   * @returns `false` when the key was set, deleted or cleared meanwhile, or the store went down.
   */
  async settle(value?: unknown, timeout: number | null = this.#keep): Promise<boolean> {
    await this.#stop();
    return this.#swap(value === undefined ? this.#claim.previous : value, timeout);
  }

  /** Lets the claim be, for whoever has put something in its place. */
  async leave(): Promise<void> {
    await this.#stop();
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    const renewed = this.#claim.renewed();
    if (await this.#swap(renewed, this.#keep ?? CLAIM_TIMEOUT)) this.#claim = renewed;
    else clearInterval(this.#timer);
  }

  async #swap(value: unknown, timeout: number | null): Promise<boolean> {
    try {
      return await this.#backend.compareAndSet(this.#key, this.#claim, value, timeout);
    } catch (error) {
      if (error instanceof CacheUnavailableError) return false;
      throw error;
    }
  }
}
