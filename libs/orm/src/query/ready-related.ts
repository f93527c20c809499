import type { Database } from '../database/database.js';
import { Blank } from './blank.js';
import { compileSelect, type Parents } from './compiler.js';
import { dialectOf } from './dialects/dialects.js';
import { type Compiled, type Parameter, type ReadyStatement, readyStatement } from './ready-statement.js';
import type { Shape } from './shape.js';
import { isSliced } from './slice.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';
import { textKey } from './text-key.js';
import type { ValueType } from './value-type.js';

/** What related rows are made of: first the row's own values, then its parent's key. */
export interface RelatedReading extends Shape {
  /** The types of the parent's key. */
  readonly types: readonly ValueType[];
}

/** Compiles the query for the rows that belong to some parents. */
export function readyRelated(
  state: QueryState,
  parents: Parents,
  database: Database,
): ReadyStatement<RelatedReading> {
  const hasLists = dialectOf(database.dialect).features.arrays;
  const { paths, through, keys } = parents;
  // A list is one parameter however long it is, but for a list of one; elsewhere every key is one.
  const lengths = keys.map(({ length }) => (hasLists ? Math.min(length, 2) : length));
  const key = `related${through === undefined ? '' : '*'}${paths.map(textKey).join('')}(${lengths.join()})`;
  const values = keys.flatMap<unknown>((list, index) =>
    lengths[index] === 1 ? list : hasLists ? [list] : list,
  );
  return readyStatement(state, database, {
    key,
    values,
    compile: (query, statement, firstBlank) =>
      compiled(
        query,
        statement,
        firstBlank === undefined ? parents : blanked(parents, lengths, firstBlank, hasLists),
      ),
    sliced,
  });
}

function compiled(state: QueryState, statement: Statement, parents: Parents): Compiled<RelatedReading> {
  const { node, columns, shape, isEmpty } = compileSelect(state, statement, { parents });
  const types = columns.slice(columns.length - parents.paths.length).map(({ type }) => type);
  return { node, isEmpty, reading: { read: shape.read, types } };
}

/** The parents with blanks for their keys: where lists are bound, the same one twice stands for a list. */
function blanked(
  { keys, ...parents }: Parents,
  lengths: readonly number[],
  firstBlank: number,
  hasLists: boolean,
): Parents {
  let blanks = firstBlank;
  const lists = lengths.map((length) => {
    const isList = hasLists && length > 1;
    const first = blanks;
    blanks += isList ? 1 : length;
    return Array.from({ length }, (_, index) => new Blank(isList ? first : first + index, false));
  });
  return { ...parents, keys: lists };
}

/** The last parameters: which of the rows of each parent are kept, counted from one. */
function sliced(state: QueryState): Parameter[] {
  if (!isSliced(state)) return [];
  const parameters: Parameter[] = [];
  if ((state.start ?? 0) > 0) parameters.push((_, { start }) => start);
  if (state.end !== undefined) parameters.push((_, { end }) => end);
  return parameters;
}
