import type { Expression, Ordering } from '../expressions/expression.js';
import type { FilteredRelationSpecification } from '../expressions/filtered-relation.js';
import type { QExpression } from '../expressions/q.js';
import type { Annotation } from './annotations.js';
import type { Prefetch } from './prefetch.js';

/** Everything a QuerySet says, as plain immutable data; the compiler makes SQL of it. */
export interface QueryState {
  readonly model: string;
  /** One per `filter()` or `exclude()`, all of which have to hold. */
  readonly conditions: readonly QExpression[];
  readonly annotations: ReadonlyMap<string, Annotation>;
  /** Relations of which only some rows are seen, by the names that they have in this query. */
  readonly relations?: ReadonlyMap<string, FilteredRelationSpecification>;
  /** The names that rows are grouped by, once `values()` was followed by an aggregate. */
  readonly grouping?: readonly string[];
  readonly ordering?: readonly OrderTerm[];
  /** Whether the order is the manager's, which gives way where it would change what is found. */
  readonly isDefaultOrdering?: boolean;
  readonly isReversed?: boolean;
  readonly selection: Selection;
  /** The first row and the row after the last one, of those that the query finds. */
  readonly start?: number;
  readonly end?: number;
  readonly distinct?: boolean | readonly string[];
  readonly related?: RelatedTree;
  readonly prefetches: readonly Prefetch[];
  readonly lock?: LockOptions;
  readonly combination?: Combination;
  /** Whether it is known to find nothing, as `none()` is. */
  readonly isNone?: boolean;
}

/** `name`, `-name`, `?` for a random order, or an expression. */
export type OrderTerm = string | Expression | Ordering;

export type Selection = ModelSelection | ValuesSelection;

/** Rows of the model. */
export interface ModelSelection {
  readonly kind: 'model';
  /** The fields to load; dotted paths mean those of a relation that is selected too. */
  readonly only?: ReadonlySet<string>;
  readonly defer?: ReadonlySet<string>;
  /** Annotations that are named in conditions and orders but are no part of a row. */
  readonly hidden: ReadonlySet<string>;
}

/** Named values instead of rows. */
export interface ValuesSelection {
  readonly kind: 'values';
  /** Names of fields and annotations, and dotted paths. */
  readonly names: readonly string[];
  readonly form: 'object' | 'list' | 'flat';
}

/** The relations that come with a row by joins, by name. */
export interface RelatedTree {
  readonly [relation: string]: RelatedTree;
}

export interface LockOptions {
  /** Fails at once where a row is locked. */
  noWait?: boolean;
  /** Leaves out rows that are locked. */
  skipLocked?: boolean;
  /** Whether rows that refer to the locked ones can still be written. */
  noKey?: boolean;
  /** The to-one relations whose rows are locked, `self` for the model's own. */
  of?: readonly string[];
}

export interface Combination {
  readonly operator: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly states: readonly QueryState[];
}

/** A QuerySet's state before anything was said. */
export function initialState(model: string): QueryState {
  return {
    model,
    conditions: [],
    annotations: new Map(),
    selection: { kind: 'model', hidden: new Set() },
    prefetches: [],
  };
}
