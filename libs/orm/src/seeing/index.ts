export { assertNumQueries, type AssertNumQueriesOptions } from './assert-num-queries.js';
export { type CallSite, describeCallSite } from './call-site.js';
export { preventQueries } from './prevent-queries.js';
export { QueryLog, type QueryLogListener, type QueryLogOptions } from './query-log.js';
export { type RepeatedQuery, RequestQueries } from './request-queries.js';
export type { StatementFact } from './statement-facts.js';
export { UnexpectedQueriesError } from './unexpected-queries-error.js';
