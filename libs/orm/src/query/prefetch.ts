import type { QueryState } from './state.js';

/** Anything that holds a query's state, as a QuerySet does. */
export interface StateHolder {
  readonly state: QueryState;
}

/** Related rows to be loaded by a query of their own. */
export interface Prefetch {
  /** The relations to follow, dotted. */
  readonly path: string;
  /** What to load instead of all related rows. */
  readonly query?: QueryState;
  /** The property that gets the rows instead of the relation's. */
  readonly toAttr?: string;
}
