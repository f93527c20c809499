import { factChannel } from '@nest-quintet/core';

/** What is told of one request by a page cache that it came to. */
export interface PageFact {
  readonly outcome: 'HIT' | 'STALE' | 'MISS' | 'BYPASS';
  /** Why it was so, in a sentence. */
  readonly reason: string;
  /** The key as the store knows it. */
  readonly key?: string;
  /** What makes the page stale before its time. */
  readonly tags?: readonly string[];
}

export const pageFacts = factChannel<PageFact>('page');
