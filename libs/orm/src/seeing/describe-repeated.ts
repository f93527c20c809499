import { type CallSite, describeCallSite } from './call-site.js';
import type { RepeatedQuery } from './request-queries.js';

/** Words the warning for statements that come again and again: what, how often, from where, and what to do. */
export function describeRepeated({ shape, statements }: RepeatedQuery): string {
  const sites = statements.flatMap(({ callSite }) => callSite ?? []);
  const places = [...new Set(sites.map((site: CallSite) => describeCallSite(site)))];
  const from = places.length > 0 ? ` from ${places.join(' and from ')}` : '';
  const sql = shape.length > 300 ? `${shape.slice(0, 300)} …` : shape;
  return `The same statement was sent ${statements.length} times in one request${from}; load the rows at once, with selectRelated(), prefetchRelated() or \`in\`: ${sql}`;
}
