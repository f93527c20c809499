import { Envelope } from '../values/envelope.js';
import type { ValueType } from '../values/value-type.js';

/**
 * A stored value that is fresh only as long as none of its tags changed after `asOf`.
 *
 * `asOf` is a moment of the store's own tag clock, taken before the value was computed; so a value made from data
 * that changed meanwhile is stale the moment it is stored.
 */
export class Tagged extends Envelope {
  constructor(
    readonly value: unknown,
    readonly tags: readonly string[],
    readonly asOf: number,
  ) {
    super();
  }

  /** Tells whether the value may still be served, given when each of its tags changed last. */
  isFresh(changes: readonly number[]): boolean {
    return changes.every((change) => change <= this.asOf);
  }
}

export const taggedType: ValueType<Tagged, { value: unknown; tags: string[]; asOf: number }> = {
  name: 'Tagged',
  is: (value) => value instanceof Tagged,
  toData: ({ value, tags, asOf }) => ({ value, tags: [...tags], asOf }),
  fromData: ({ value, tags, asOf }) => new Tagged(value, tags, asOf),
};
