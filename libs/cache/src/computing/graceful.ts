import { Envelope } from '../values/envelope.js';
import type { ValueType } from '../values/value-type.js';

/** A stored value that is good enough for a while after it has ceased to be fresh. */
export class Graceful extends Envelope {
  /**
   * @param freshUntil Milliseconds since 1970.
   * @param cost The milliseconds that it took to compute.
   */
  constructor(
    readonly value: unknown,
    readonly freshUntil: number,
    readonly cost: number,
  ) {
    super();
  }

  get isFresh(): boolean {
    return Date.now() < this.freshUntil;
  }

  /**
   * Tells, by chance, whether to compute the value anew though it is fresh: the likelier the nearer its end is and the
   * longer it takes, so that of many callers about one begins in time (the XFetch algorithm).
   *
   * @param eagerness 1 is balanced, above 1 begins earlier.
   */
  isDue(eagerness: number): boolean {
    return Date.now() - this.cost * eagerness * Math.log(1 - Math.random()) >= this.freshUntil;
  }
}

export const gracefulType: ValueType<Graceful, { value: unknown; freshUntil: number; cost: number }> = {
  name: 'Graceful',
  is: (value) => value instanceof Graceful,
  toData: ({ value, freshUntil, cost }) => ({ value, freshUntil, cost }),
  fromData: ({ value, freshUntil, cost }) => new Graceful(value, freshUntil, cost),
};
