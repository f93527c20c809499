import type { OperationNode } from 'kysely';
import { InvalidValueError } from '../errors.js';
import type { Operand } from '../expressions/expression.js';
import { equals, inList, notEquals, ordered, range } from './comparison-lookups.js';
import { jsonContainedBy, jsonContains, jsonHasKeys, jsonMatches } from './json-lookups.js';
import { has, hasEvery, hasSome, isEmpty, listContainedBy } from './list-lookups.js';
import type { Scope } from './scope.js';
import { iexact, matches, regex, search } from './text-lookups.js';
import { sql } from './sql.js';

/** The lookups that a relation has: those of its key. */
export const keyLookups: ReadonlySet<string> = new Set([
  'equals',
  'exact',
  'not',
  'in',
  'notIn',
  'lt',
  'lte',
  'gt',
  'gte',
  'range',
  'isnull',
]);

/** What a condition compiles to: SQL, or a truth that needs none. */
export type Predicate = Pick<Operand, 'isAggregate' | 'isWindow'> & { readonly node: OperationNode };
export type Outcome = Predicate | boolean;

/** The two sides of a comparison; the right one as it was given. */
export interface Comparison {
  readonly left: Operand;
  readonly right: unknown;
  readonly scope: Scope;
  readonly insensitive: boolean;
}

export type Lookup = (comparison: Comparison) => Outcome;

/** Every lookup by the name that filters know it by: Prisma's, and Django's beside them. */
export const lookups: ReadonlyMap<string, Lookup> = new Map<string, Lookup>([
  ['equals', equals],
  ['exact', equals],
  ['not', notEquals],
  ['in', inList],
  ['notIn', (comparison) => negate(inList(comparison))],
  ['lt', ordered('<')],
  ['lte', ordered('<=')],
  ['gt', ordered('>')],
  ['gte', ordered('>=')],
  ['range', range],
  ['isnull', isNull],
  [
    'contains',
    (comparison) => (isJson(comparison) ? jsonContains(comparison) : matches('contains')(comparison)),
  ],
  [
    'containedBy',
    (comparison) => (isJson(comparison) ? jsonContainedBy(comparison) : listContainedBy(comparison)),
  ],
  ['search', search],
  ['startsWith', matches('startsWith')],
  ['endsWith', matches('endsWith')],
  ['icontains', insensitively(matches('contains'))],
  ['istartswith', insensitively(matches('startsWith'))],
  ['iendswith', insensitively(matches('endsWith'))],
  ['iexact', iexact],
  ['regex', regex],
  ['iregex', insensitively(regex)],
  ['hasKey', jsonHasKeys('all')],
  ['hasKeys', jsonHasKeys('all')],
  ['hasAnyKeys', jsonHasKeys('any')],
  ['string_contains', jsonMatches('contains')],
  ['string_starts_with', jsonMatches('startsWith')],
  ['string_ends_with', jsonMatches('endsWith')],
  ['array_contains', jsonContains],
  ['has', has],
  ['hasEvery', hasEvery],
  ['hasSome', hasSome],
  ['isEmpty', isEmpty],
]);

function isNull({ left, right }: Comparison): Outcome {
  if (typeof right !== 'boolean') {
    throw new InvalidValueError(`isnull takes true or false, not ${JSON.stringify(right)}.`);
  }
  const inherits = { isAggregate: left.isAggregate, isWindow: left.isWindow };
  return { node: right ? sql`${left.node} is null` : sql`${left.node} is not null`, ...inherits };
}

function isJson({ left }: Comparison): boolean {
  return left.type.kind === 'Json';
}

function insensitively(inner: Lookup): Lookup {
  return (comparison) => inner({ ...comparison, insensitive: true });
}

/** The opposite of an outcome, by SQL's own logic. */
export function negate(outcome: Outcome): Outcome {
  return typeof outcome === 'boolean' ? !outcome : { ...outcome, node: sql`not (${outcome.node})` };
}
