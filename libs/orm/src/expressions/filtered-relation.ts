import type { QExpression } from './q.js';

/** A relation of which only the rows that meet a condition are seen. Django: `FilteredRelation`. */
export class FilteredRelationSpecification<out Path extends string = string> {
  constructor(
    readonly path: Path,
    readonly condition: QExpression,
  ) {}
}

export interface FilteredRelationOptions {
  /** Which rows are seen; its paths start where those of the query do. */
  condition: QExpression;
}

/**
 * Names a relation of which only some rows are seen, for aggregates, conditions, orders and values. Django:
 * `FilteredRelation`.
 *
 * @example
 * publishers
 *   .annotate({ good: FilteredRelation('books', { condition: Q({ 'books.rating': { gte: 4 } }) }) })
 *   .annotate({ number: Count('good'), dearest: Max('good.price') })
 */
export function FilteredRelation<const Path extends string>(
  path: Path,
  { condition }: FilteredRelationOptions,
): FilteredRelationSpecification<Path> {
  return new FilteredRelationSpecification(path, condition);
}
