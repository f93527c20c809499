import type { PageVisit } from '../pages/page-visit.js';

/** What the guard has learned of a request that no page answers. */
export interface NotedVisit {
  readonly visit: PageVisit;
  /** The headers that the response had before Nest and the handler came to it. */
  readonly outer: Readonly<Record<string, unknown>>;
}

/** Carries it from the guard to the interceptor. */
export class PageVisits {
  readonly #visits = new WeakMap<object, NotedVisit>();

  note(request: object, noted: NotedVisit): void {
    this.#visits.set(request, noted);
  }

  of(request: object): NotedVisit | undefined {
    return this.#visits.get(request);
  }
}
