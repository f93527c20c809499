import { randomUUID } from 'node:crypto';
import { Envelope } from '../values/envelope.js';
import type { ValueType } from '../values/value-type.js';

/** Milliseconds after which a claim that nobody renewed is anyone's: whoever made it has died. */
const LEASE = 3_000;

/** Stands in a shared store in place of a value that one process is computing. */
export class Claim extends Envelope {
  /**
   * @param until Milliseconds since 1970.
   * @param previous What is served meanwhile, if anything.
   */
  constructor(
    readonly token: string,
    readonly until: number,
    readonly previous?: unknown,
  ) {
    super();
  }

  static make(previous?: unknown): Claim {
    return new Claim(randomUUID(), Date.now() + LEASE, previous);
  }

  get isAlive(): boolean {
    return Date.now() < this.until;
  }

  renewed(): Claim {
    return new Claim(this.token, Date.now() + LEASE, this.previous);
  }
}

/** Milliseconds between two renewals of a claim. */
export const RENEWAL = LEASE / 3;

/** Milliseconds for which a store keeps a claim: the clocks of processes may differ a little. */
export const CLAIM_TIMEOUT = LEASE * 2;

export const claimType: ValueType<Claim, { token: string; until: number; previous: unknown }> = {
  name: 'Claim',
  is: (value) => value instanceof Claim,
  toData: ({ token, until, previous }) => ({ token, until, previous }),
  fromData: ({ token, until, previous }) => new Claim(token, until, previous),
};
