export type { CreateOptions } from './create-rows.js';
export type { DeleteResult } from './delete-rows.js';
export type { Filter, FilterOrExpression } from './filter.js';
export {
  Prefetch,
  prefetchRelatedObjects,
  type PrefetchArgument,
  type PrefetchOptions,
  PrefetchSpecification,
} from './prefetch-argument.js';
export { QuerySet } from './query-set.js';
export { type QueryContext, Reading } from './reading.js';
export type { Extra } from './rows.js';
export type { AnnotatedRow, AnnotationValues, Payload, PayloadOf, RowOf } from './types.js';
export type { ExplainOptions } from '../query/sql-dialect.js';
export type { LockOptions, OrderTerm, QueryState } from '../query/state.js';
export type { BulkCreateOptions } from './bulk-create.js';
export { RelatedQuerySet, type RelatedManagers } from './related.js';
export type { RefreshOptions, SaveOptions } from './save-row.js';
export type { UpdateOrCreateOptions, Updates } from './writing.js';
export { Finding } from './finding.js';
export { Writing } from './writing.js';
