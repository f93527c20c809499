import type { CachedPage } from './cached-page.js';
import type { PageRequest } from './page-request.js';
import type { FoundPage } from './page-store.js';

/** Says why a request got a page that was kept. */
export function whyHit({ freshUntil }: CachedPage): string {
  return `a page was kept for this address, fresh for another ${Math.ceil((freshUntil - Date.now()) / 1000)} s`;
}

/** Says why a request was let past the cache. */
export function whyBypass({ method, headers }: PageRequest): string {
  const isReading = method === 'GET' || method === 'HEAD';
  return isReading && headers.authorization !== undefined
    ? 'the request has an Authorization header'
    : `the method is ${method}, neither GET nor HEAD`;
}

/** Says why there was nothing to answer with, and what became of the page that was made. */
export function whyMiss(found: FoundPage, keeping: Keeping): string {
  return `${whyNotFound(found)}; ${keeping.note}`;
}

function whyNotFound({ page, hasChanged, vary }: FoundPage): string {
  if (page) return 'the time of the page that was kept is over';
  if (hasChanged) return 'what the page that was kept was made from has changed';
  if (vary) return `no page was kept for this address and these values of ${vary.join(', ')}`;
  return 'no page was kept for this address';
}

/** What became of a page that was made. */
export interface Keeping {
  /** The keys of the store that were written: none where the page is not kept. */
  readonly keys: readonly string[];
  readonly note: string;
}

export const NOTHING_MADE: Keeping = { keys: [], note: 'none was made' };
export const KEPT_WHEN_SENT: Keeping = { keys: [], note: 'the file is kept once it has been sent' };

export function notKept(reason: string): Keeping {
  return { keys: [], note: `this one is not kept: ${reason}` };
}
