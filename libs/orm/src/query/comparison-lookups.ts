import type { OperationNode } from 'kysely';
import { Expression, isExpressionSource } from '../expressions/expression.js';
import type { StateHolder } from './prefetch.js';
import { InvalidQueryError, InvalidValueError } from '../errors.js';
import { isAnyNull, isDbNull, isDecimal } from './decimal.js';
import { isExpression, leftNode, predicate, rightOperand } from './comparison.js';
import type { Comparison, Lookup, Outcome } from './lookups.js';
import { join, keyword, parameter, sql } from './sql.js';
import { iexact } from './text-lookups.js';
import { toParameter } from './to-parameter.js';
import type { ValueType } from './value-type.js';

export function equals(comparison: Comparison): Outcome {
  const { left, right } = comparison;
  if (right === null && left.type.kind !== 'Json') return predicate(sql`${left.node} is null`, left);
  if (isDbNull(right)) return predicate(sql`${left.node} is null`, left);
  if (isAnyNull(right)) return predicate(sql`(${left.node} is null or ${left.node} = 'null')`, left);
  if (comparison.insensitive && typeof right === 'string') return iexact(comparison);
  if (isExpressionSource(right) && !(right instanceof Expression)) checkSingle(right as Partial<StateHolder>);
  const bounded = boundedInteger(right, left.type, 'equals');
  if (bounded instanceof Decided) return bounded.outcome;
  const other = rightOperand(bounded, comparison);
  return predicate(sql`${leftNode(comparison)} = ${other.node}`, left, other);
}

export function notEquals(comparison: Comparison): Outcome {
  const { left, right } = comparison;
  if (right === null) return predicate(sql`${left.node} is not null`, left);
  const outcome = equals(comparison);
  return typeof outcome === 'boolean' ? !outcome : { ...outcome, node: sql`not (${outcome.node})` };
}

/** A lookup that compares by order. */
export function ordered(operator: '<' | '<=' | '>' | '>='): Lookup {
  return (comparison) => {
    const { left, right } = comparison;
    if (right === null) {
      throw new InvalidValueError(
        `Null is neither more nor less than anything; use isnull instead of ${operator}.`,
      );
    }
    const bounded = boundedInteger(right, left.type, operator);
    if (bounded instanceof Decided) return bounded.outcome;
    const other = rightOperand(bounded, comparison);
    const [one, two] = [leftNode(comparison), other.node].map((node) => caseless(node, comparison));
    const compared = sql`${one!} ${keyword(operator)} ${two!}`;
    const isSameKind = sameKind(comparison);
    return predicate(isSameKind ? sql`(${compared} and ${isSameKind})` : compared, left, other);
  };
}

/** Inside of JSON only numbers are more or less than a number, and texts than a text; a database sorts kinds as well. */
function sameKind({ left, right, scope }: Comparison): OperationNode | undefined {
  const kind = typeof right;
  if (left.type.kind !== 'Json' || (kind !== 'number' && kind !== 'string')) return undefined;
  return scope.dialect.jsonIs(left.node, kind);
}

/** A side of a comparison, in small letters where these and capital ones are to be the same. */
function caseless(node: OperationNode, { insensitive, left }: Comparison): OperationNode {
  return insensitive && left.type.kind === 'String' ? sql`lower(${node})` : node;
}

export function range(comparison: Comparison): Outcome {
  const { left, right } = comparison;
  if (!Array.isArray(right) || right.length !== 2) {
    throw new InvalidValueError('range takes a list of two: the first value and the last one.');
  }
  const first = rightOperand(right[0], comparison);
  const last = rightOperand(right[1], comparison);
  return predicate(sql`${leftNode(comparison)} between ${first.node} and ${last.node}`, left, first, last);
}

export function inList(comparison: Comparison): Outcome {
  const { left, right, scope } = comparison;
  if (isExpression(right)) {
    const subquery = rightOperand(right, comparison);
    return predicate(sql`${left.node} in ${subquery.node}`, left, subquery);
  }
  const items = itemsOf(right).filter((item) => item !== null && item !== undefined);
  const bounded = items
    .map((item) => boundedInteger(item, left.type, 'equals'))
    .filter((item) => !(item instanceof Decided));
  if (bounded.length === 0) return false;
  if (bounded.some(isExpression)) {
    const operands = bounded.map((item) => rightOperand(item, comparison));
    const list = join(
      operands.map((operand) => operand.node),
      ', ',
    );
    return predicate(sql`${left.node} in (${list})`, left, ...operands);
  }
  if (left.type.kind === 'Json') {
    const list = bounded.map((item) => rightOperand(item, comparison).node);
    return predicate(sql`${leftNode(comparison)} in (${join(list, ', ')})`, left);
  }
  const values = bounded.map((item) => toParameter(item, left.type, scope));
  if (comparison.insensitive && left.type.kind === 'String') {
    const list = values.map((value) => caseless(parameter(value), comparison));
    return predicate(sql`${caseless(left.node, comparison)} in (${join(list, ', ')})`, left);
  }
  if (values.length === 1) return predicate(sql`${left.node} = ${parameter(values[0])}`, left);
  if (scope.dialect.features.arrays && isPlainInArray(left.type)) {
    return predicate(sql`${left.node} = any(${parameter(values)})`, left);
  }
  return predicate(sql`${left.node} in (${join(values.map(parameter), ', ')})`, left);
}

/** A query that a value is compared with has to be for one row. */
function checkSingle({ state }: Partial<StateHolder>): void {
  if (state && (state.end ?? Number.POSITIVE_INFINITY) - (state.start ?? 0) !== 1) {
    throw new InvalidValueError(
      'A query that a value equals is limited to one row by slice(); use in for several.',
    );
  }
}

function itemsOf(value: unknown): unknown[] {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value)
    return [...(value as Iterable<unknown>)];
  throw new InvalidQueryError(
    `in takes a list or a QuerySet, not ${JSON.stringify(value) ?? String(value)}.`,
  );
}

/** Types whose lists every driver binds the same way as their single values. */
function isPlainInArray(type: ValueType): boolean {
  return (
    !type.isList && type.kind !== 'Json' && type.kind !== 'Bytes' && type.kind !== 'Duration' && !type.enum
  );
}

const limits: Partial<Record<ValueType['kind'], readonly [low: bigint, high: bigint]>> = {
  Int: [-(2n ** 31n), 2n ** 31n - 1n],
  BigInt: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** A comparison whose outcome is known without the database. */
class Decided {
  constructor(readonly outcome: boolean) {}
}

/**
 * Brings a number into the range of an integer column, which the database refuses to compare with anything else;
 * {@link Decided} where every row, or none, compares to it as asked.
 */
function boundedInteger(value: unknown, type: ValueType, operator: string): unknown {
  const limit = limits[type.kind];
  if (!limit || type.isList || !isNumber(value)) return value;
  const isMore = operator.startsWith('>');
  if (typeof value === 'number' && Number.isNaN(value))
    throw new InvalidValueError('NaN compares to no integer.');
  const number = isDecimal(value) ? value.toNumber() : Number(value);
  if (number > Number(limit[1]) || number < Number(limit[0])) {
    return new Decided(operator !== 'equals' && isMore === number < 0);
  }
  if (Number.isInteger(number)) return value;
  if (operator === 'equals') return new Decided(false);
  // 319.5 lies between two integers: at least 319.5 is at least 320, more than 319.5 is more than 319.
  return operator === '>=' || operator === '<' ? Math.ceil(number) : Math.floor(number);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint' || isDecimal(value);
}
