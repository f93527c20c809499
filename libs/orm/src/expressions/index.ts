export { Aggregate, type AggregateFunction, type AggregateOptions } from './aggregate.js';
export * from './aggregates.js';
export { Case, CaseExpression, type CaseOptions, Value, When, WhenBranch } from './case.js';
export type { CastTypes } from './cast-types.js';
export * from './comparison-functions.js';
export * from './date-functions.js';
export {
  type Argument,
  Expression,
  type ExpressionSource,
  type Operand,
  Ordering,
  type OrderingOptions,
} from './expression.js';
export {
  FilteredRelation,
  type FilteredRelationOptions,
  FilteredRelationSpecification,
} from './filtered-relation.js';
export { Func, FunctionCall, type FuncOptions } from './func.js';
export * from './json-functions.js';
export * from './math-functions.js';
export { Q, QExpression } from './q.js';
export { RawSQL, sql, SqlFragment } from './raw-sql.js';
export { argumentOf, F, OuterRef, OuterReference, Reference } from './reference.js';
export { Exists, ExistsExpression, Subquery, SubqueryExpression } from './subquery.js';
export * from './text-functions.js';
export { Scope } from '../query/scope.js';
export { sql as sqlNode } from '../query/sql.js';
export { typeOf, type ValueKind, type ValueType } from '../query/value-type.js';
export * from './window.js';
