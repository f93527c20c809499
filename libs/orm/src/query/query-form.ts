import { Expression } from '../expressions/expression.js';
import { QExpression } from '../expressions/q.js';
import { Blank, blankText } from './blank.js';
import { isDecimal } from './decimal.js';
import { blankedExpression, expressionForm } from './expression-form.js';
import { lookups } from './lookups.js';
import type { QueryState } from './state.js';
import { textKey } from './text-key.js';

/** What queries have in common that differ in their values alone. */
export interface QueryForm {
  /** The same for all of them. */
  readonly key: string;
  /** The values in the order in which they stand in the query. */
  readonly values: readonly unknown[];
}

const comparisons = new Set(['equals', 'exact', 'not', 'lt', 'lte', 'gt', 'gte']);
const patterns = new Set(['contains', 'startsWith', 'endsWith', 'icontains', 'istartswith', 'iendswith']);

/** Longer ones are of conditions that were put together by the hundred, which hardly come twice. */
const longestKey = 2_000;

/** Tells the form of a query; `undefined` where its values may decide what its SQL is. */
export function formOf(state: QueryState): QueryForm | undefined {
  const { start = 0, end, ordering, related, selection, annotations, grouping } = state;
  if (
    state.relations ||
    state.distinct ||
    state.lock ||
    state.combination ||
    state.isNone ||
    (end !== undefined && end <= start)
  ) {
    return undefined;
  }
  let key = `${state.model}${end === undefined ? '' : '<'}${start > 0 ? '>' : ''}`;
  if (selection.kind === 'values') key += `${selection.form}(${texts(selection.names)})`;
  else if (selection.only || selection.defer) return undefined;
  else if (annotations.size > 0) key += `h(${texts([...selection.hidden])})`;
  if (grouping) key += `g(${texts(grouping)})`;
  if (ordering) {
    if (!ordering.every((term) => typeof term === 'string')) return undefined;
    key += `${state.isDefaultOrdering ? 'd' : 'o'}${state.isReversed ? '-' : '+'}(${texts(ordering)})`;
  }
  if (related) key += JSON.stringify(related);
  const values: unknown[] = [];
  for (const [name, { expression, isGrouped, after }] of annotations) {
    const form = expressionForm(expression, values);
    if (form === undefined) return undefined;
    key += `@${textKey(name)}${isGrouped ? 'g' : 'r'}${after}=${form}`;
  }
  for (const condition of state.conditions) {
    const part = partOf('', condition, values);
    if (part === undefined) return undefined;
    key += part;
  }
  return key.length > longestKey ? undefined : { key, values };
}

/** The query with a blank in the place of each of its values. */
export function blanked(state: QueryState): QueryState {
  const count = { blanks: 0 };
  const annotations = [...state.annotations].map(([name, annotation]) => {
    const expression = blankedExpression(annotation.expression, count);
    return [name, { ...annotation, expression }] as const;
  });
  return {
    ...state,
    annotations: new Map(annotations),
    conditions: state.conditions.map((condition) => copyOf('', condition, count) as QExpression),
  };
}

/** Tells the form of what columns are set to; `undefined` where the values may decide what the SQL is. */
export function updatesForm(updates: Readonly<Record<string, unknown>>): QueryForm | undefined {
  let key = '';
  const values: unknown[] = [];
  for (const name in updates) {
    const value = updates[name];
    const part = isObject(value) || Array.isArray(value) ? undefined : partOf('', value, values);
    if (part === undefined) return undefined;
    key += textKey(name) + part;
  }
  return key.length > longestKey ? undefined : { key, values };
}

/** What columns are set to, with blanks from a number on. */
export function blankedUpdates(
  updates: Readonly<Record<string, unknown>>,
  first: number,
): Record<string, unknown> {
  const count = { blanks: first };
  return Object.fromEntries(Object.entries(updates).map(([name, value]) => [name, copyOf('', value, count)]));
}

function texts(names: readonly string[]): string {
  let key = '';
  for (const name of names) key += textKey(name);
  return key;
}

function partOf(name: string, value: unknown, values: unknown[]): string | undefined {
  if (value instanceof QExpression) {
    const members = membersOf(value.members, values);
    return members && `${value.negated ? '!' : ''}${value.connector}(${members})`;
  }
  if (value instanceof Expression) {
    const form = expressionForm(value, values);
    return form && `E${form}`;
  }
  if (Array.isArray(value)) return isConnector(name) ? membersOf(value, values) : undefined;
  if (isObject(value)) {
    let key = '{';
    for (const inner in value) {
      const part = partOf(inner, value[inner], values);
      if (part === undefined) return undefined;
      key += textKey(inner) + part;
    }
    return `${key}}`;
  }
  const kind = kindOf(name, value);
  if (kind === undefined) return undefined;
  if (isBlankKind(kind)) values.push(value);
  return kind;
}

function membersOf(members: readonly unknown[], values: unknown[]): string | undefined {
  let key = '';
  for (const member of members) {
    if (!(member instanceof QExpression) && !isObject(member)) return undefined;
    const part = partOf('', member, values);
    if (part === undefined) return undefined;
    key += part;
  }
  return `[${key}]`;
}

/** How much of a value the SQL depends on: a letter for what a blank can stand for, else all of it. */
function kindOf(name: string, value: unknown): string | undefined {
  // What is undefined says nothing, and yet an object that has it is another one.
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (name === 'mode' && typeof value === 'string') return `=${textKey(value)}`;
  if (typeof value === 'string' && patterns.has(name)) return 'p';
  if (lookups.has(name) && !comparisons.has(name)) return undefined;
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      if (Number.isNaN(value)) return undefined;
      return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'i' : 'f';
    case 'bigint':
      return 'f';
    default:
      if (value instanceof Date) return 'd';
      return isDecimal(value) ? 'f' : undefined;
  }
}

function isBlankKind(kind: string): boolean {
  return kind.length === 1;
}

function copyOf(name: string, value: unknown, count: { blanks: number }): unknown {
  if (value instanceof QExpression) {
    const members = value.members.map((member) => copyOf('', member, count));
    return new QExpression(members, value.connector, value.negated);
  }
  if (value instanceof Expression) return blankedExpression(value, count);
  if (Array.isArray(value)) return value.map((member) => copyOf('', member, count));
  if (isObject(value)) {
    const copy: Record<string, unknown> = {};
    for (const inner in value) {
      copy[inner] = copyOf(inner, value[inner], count);
    }
    return copy;
  }
  const kind = kindOf(name, value)!;
  if (!isBlankKind(kind)) return value;
  const index = count.blanks++;
  return kind === 'p' ? blankText(index) : new Blank(index, kind === 'f');
}

function isConnector(name: string): boolean {
  return name === 'AND' || name === 'OR' || name === 'NOT';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
