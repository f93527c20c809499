import { factChannel } from '@nest-quintet/core';

/** What is told of one part of a page that may come from a cache. Times are those of `performance.now()`. */
export interface FragmentFact {
  /** The name that the fragment was given. */
  readonly fragment: string;
  readonly isHit: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

export const fragmentFacts = factChannel<FragmentFact>('fragment');
