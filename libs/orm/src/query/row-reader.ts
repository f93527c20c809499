import type { Read } from './read.js';

/** Makes an object of a row. */
export type RowReader = (row: readonly unknown[]) => Record<string, unknown>;

/** What an object is made of: columns under their names, and further objects. */
export interface RowPlan {
  readonly columns: readonly { readonly name: string; readonly index: number; readonly read?: Read }[];
  readonly nested: readonly { readonly name: string; readonly presence: number; readonly plan: RowPlan }[];
}

const mostKept = 500;
/** The readers of the shapes that came last: making one takes longer than reading many rows. */
const kept = new Map<string, RowReader>();
const readIds = new WeakMap<Read, number>();
let reads = 0;

/** The reader of a plan; the same one for equal plans. */
export function rowReader(plan: RowPlan): RowReader {
  const key = keyOf(plan);
  let reader = kept.get(key);
  if (!reader) {
    reader = made(plan);
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
    kept.set(key, reader);
  }
  return reader;
}

function keyOf({ columns, nested }: RowPlan): string {
  let key = '';
  for (const { name, index, read } of columns)
    key += `${name.length}${name}${index},${read ? idOf(read) : 0};`;
  for (const { name, presence, plan } of nested) key += `{${name.length}${name}${presence},${keyOf(plan)}}`;
  return key;
}

function idOf(read: Read): number {
  let id = readIds.get(read);
  if (id === undefined) readIds.set(read, (id = ++reads));
  return id;
}

function made(plan: RowPlan): RowReader {
  try {
    return compiledReader(plan);
  } catch (error) {
    // A process that allows no code to be made of text gets the same objects, more slowly.
    if (error instanceof EvalError) return interpretedReader(plan);
    throw error;
  }
}

/**
 * A reader that is written out as code: an object literal, whose properties the engine knows beforehand.
 *
 * Names enter the code as JSON strings, and nothing else of the plan does but numbers.
 */
export function compiledReader(plan: RowPlan): RowReader {
  const readers: Read[] = [];
  const body = literal(plan, readers);
  const parameters = readers.map((_, index) => `read${index}`);
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the text is our own
  const make = new Function(...parameters, `'use strict'; let value; return (row) => (${body});`) as (
    ...readers: readonly Read[]
  ) => RowReader;
  return make(...readers);
}

function literal({ columns, nested }: RowPlan, readers: Read[]): string {
  const properties = columns.map(({ name, index, read }) =>
    read
      ? `${property(name)}: (value = row[${index}]) === null ? null : read${readers.push(read) - 1}(value)`
      : `${property(name)}: row[${index}]`,
  );
  const objects = nested.map(
    ({ name, presence, plan }) =>
      `${property(name)}: row[${presence}] === null ? null : ${literal(plan, readers)}`,
  );
  return `{ ${[...properties, ...objects].join(', ')} }`;
}

function property(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

/** A reader that goes through its plan for each row. */
export function interpretedReader({ columns, nested }: RowPlan): RowReader {
  const inner = nested.map(({ name, presence, plan }) => ({ name, presence, read: interpretedReader(plan) }));
  return (row) => {
    const result: Record<string, unknown> = {};
    for (const { name, index, read } of columns) {
      const value = row[index];
      result[name] = read === undefined || value === null ? value : read(value as never);
    }
    for (const { name, presence, read } of inner) result[name] = row[presence] === null ? null : read(row);
    return result;
  };
}
