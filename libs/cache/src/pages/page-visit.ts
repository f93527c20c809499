import type { Dependencies } from '../tags/dependencies.js';
import type { CachedPage } from './cached-page.js';
import type { PageRequest } from './page-request.js';
import type { FoundPage } from './page-store.js';
import type { PageTurn } from './page-turn.js';

/** What became of a request: answered by a page, by an expired one, by the handler, or past the cache. */
export type PageOutcome = 'HIT' | 'STALE' | 'MISS' | 'BYPASS';

/** One request's way through the page cache. */
export interface PageVisit {
  readonly request: PageRequest;
  readonly outcome: PageOutcome;
  /** The kept page: the answer of a hit; on a miss what is left to answer with should the handler fail. */
  readonly page?: CachedPage;
  /** What was found instead, on a miss. */
  readonly found?: FoundPage;
  readonly turn?: PageTurn;
  readonly asOf?: number;
  readonly tags?: readonly string[];
  readonly dependencies?: Dependencies;
}
