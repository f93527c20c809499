/** The reading of a tag clock. */
export interface TagReading {
  /** The moment of the last change of any tag. */
  readonly now: number;
  /** For each tag that was asked for, the moment of its last change. */
  readonly changes: readonly number[];
}

/**
 * Remembers when each tag changed last, by a clock that only goes forward.
 *
 * Invalidation writes one number per tag and touches no entry, so it costs the same however many entries there are.
 * A store that lost its memory starts from the current time, later than anything it ever said: what was tagged
 * before is then stale, never wrongly fresh.
 */
export interface TagStore {
  /** Reads the clock; a tag that it does not know yet counts as changed now, and is known from here on. */
  read(tags: readonly string[]): Promise<TagReading>;
  /** Reads at once, where the clock is in this process and knows every tag; `undefined` where it has to be asked. */
  peek?(tags: readonly string[]): readonly number[] | undefined;
  /** Says that the tags changed, later than every earlier reading. */
  invalidate(tags: readonly string[]): Promise<void>;
}

/** How many tags a store keeps apart; beyond it forgets them all at once, which makes every tagged entry stale. */
export const MAX_TAGS = 100_000;
