export type { CreateOptions } from './create-rows.js';
export type { DeleteResult } from './delete-rows.js';
export type { Filter, FilterOrExpression } from './filter.js';
export {
  Prefetch,
  type PrefetchArgument,
  type PrefetchOptions,
  PrefetchSpecification,
} from './prefetch-argument.js';
export { QuerySet } from './query-set.js';
export { type QueryContext, Reading } from './reading.js';
export type { Extra } from './rows.js';
export type { AnnotationValues, Payload, PayloadOf, RowOf } from './types.js';
export type { LockOptions, OrderTerm, QueryState } from '../query/state.js';
