import type { Database } from '../database/database.js';
import type { ModelName } from '../metadata/register.js';
import { loadPrefetches } from '../query/load-prefetches.js';
import { InvalidValueError } from '../errors.js';
import type { Prefetch as PrefetchState, StateHolder } from '../query/prefetch.js';

/** Related rows to load by a query of their own. Django: `Prefetch`. */
export class PrefetchSpecification<
  Path extends string = string,
  Row = unknown,
  Attr extends string = string,
> {
  declare readonly row: Row;

  constructor(
    readonly path: Path,
    readonly queryset: StateHolder | undefined,
    readonly attr: Attr | undefined,
  ) {}
}

export type PrefetchArgument = string | PrefetchSpecification;

export interface PrefetchOptions<Row, Attr extends string> {
  /** What to load instead of all related rows; a slice of it means so many rows of each parent. */
  queryset?: StateHolder & PromiseLike<Row[]>;
  /** The property that gets the rows instead of the relation's own. */
  toAttr?: Attr;
}

/**
 * Says how `prefetchRelated()` loads a relation. Django: `Prefetch`.
 *
 * @example
 * Prefetch('items', { queryset: items.orderBy('-quantity').slice(0, 3), toAttr: 'topItems' })
 */
export function Prefetch<const Path extends string, Row = unknown, const Attr extends string = string>(
  path: Path,
  options: PrefetchOptions<Row, Attr> = {},
): PrefetchSpecification<Path, Row, Attr> {
  return new PrefetchSpecification(path, options.queryset, options.toAttr);
}

/** The plain data of what `prefetchRelated()` was given. */
export function prefetchOf(argument: PrefetchArgument): PrefetchState {
  if (typeof argument === 'string') return { path: argument };
  const query = argument.queryset?.state;
  if (query?.selection.kind === 'values')
    throw new InvalidValueError('prefetchRelated() loads rows, not values().');
  return { path: argument.path, query, toAttr: argument.attr };
}

/** Loads relations into rows that are there already; those that they have are left as they are. Django: `prefetch_related_objects`. */
export function prefetchRelatedObjects(
  database: Database,
  model: ModelName,
  rows: readonly object[],
  ...paths: PrefetchArgument[]
): Promise<void> {
  const metadata = database.schema.models[model]!;
  return loadPrefetches(
    rows as readonly Record<string, unknown>[],
    metadata,
    paths.map(prefetchOf),
    database,
  );
}
