import type { PageVisit } from '../pages/page-visit.js';

/** Carries what the guard has learned of a request to the interceptor. */
export class PageVisits {
  readonly #visits = new WeakMap<object, PageVisit>();

  note(request: object, visit: PageVisit): void {
    this.#visits.set(request, visit);
  }

  of(request: object): PageVisit | undefined {
    return this.#visits.get(request);
  }
}
