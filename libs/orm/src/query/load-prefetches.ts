import type { Database } from '../database/database.js';
import { FieldError, InvalidValueError } from '../errors.js';
import type { ModelMetadata, RelationField } from '../metadata/schema.js';
import type { Parents } from './compiler.js';
import { findField } from './names.js';
import type { Prefetch } from './prefetch.js';
import { readerOf } from './read.js';
import { readyRelated } from './ready-related.js';
import { relationEnds } from './relation-ends.js';
import { initialState, type QueryState } from './state.js';

type Row = Record<string, unknown>;

/** One relation to load, with what is to be loaded from its rows on. */
interface Step {
  readonly relation: string;
  readonly toAttr: string;
  query?: QueryState;
  readonly nested: Prefetch[];
}

/** Loads related rows into rows, by one statement for each relation. */
export async function loadPrefetches(
  rows: readonly Row[],
  model: ModelMetadata,
  prefetches: readonly Prefetch[],
  database: Database,
): Promise<void> {
  if (rows.length === 0) return;
  for (const step of stepsOf(prefetches, model)) await loadStep(rows, model, step, database);
}

/** Checks that every path names relations, before anything is sent. */
export function stepsOf(prefetches: readonly Prefetch[], model: ModelMetadata): Step[] {
  const steps = new Map<string, Step>();
  for (const { path, query, toAttr } of prefetches) {
    const [relation, ...rest] = path.split('.') as [string, ...string[]];
    const existing = [...steps.values()].find((step) => step.toAttr === relation);
    const isLast = rest.length === 0;
    const attr = isLast ? (toAttr ?? relation) : (existing?.toAttr ?? relation);
    let step = steps.get(attr);
    if (!step) {
      step = { relation: existing?.relation ?? relation, toAttr: attr, nested: [] };
      checkRelation(step.relation, model);
      steps.set(attr, step);
    } else if (isLast && query) {
      throw new InvalidValueError(`prefetchRelated() was given "${path}" twice, with different queries.`);
    }
    if (!isLast) step.nested.push({ path: rest.join('.'), query, toAttr });
    else if (query) step.query = query;
  }
  return [...steps.values()];
}

function checkRelation(name: string, model: ModelMetadata): RelationField {
  const field = findField(model, name);
  if (field?.kind === 'relation') return field;
  const names = Object.values(model.fields).filter((other) => other.kind === 'relation');
  throw FieldError.unknown(
    name,
    `${model.name} in prefetchRelated()`,
    names.map((other) => other.name),
  );
}

async function loadStep(
  rows: readonly Row[],
  model: ModelMetadata,
  step: Step,
  database: Database,
): Promise<void> {
  const relation = checkRelation(step.relation, model);
  const target = database.schema.models[relation.model]!;
  const isLoaded = !step.query && rows.every((row) => row[step.toAttr] !== undefined);
  if (isLoaded) {
    const loaded = rows.flatMap((row): Row[] => [(row[step.toAttr] ?? []) as Row | Row[]].flat());
    return loadPrefetches(loaded, target, step.nested, database);
  }
  const { parents, groups, ofRows } = groupsOf(rows, model, relation, database);
  const query = step.query ?? database.defaultState(relation.model) ?? initialState(relation.model);
  const prefetches = [...query.prefetches, ...step.nested];
  const loaded = await loadRelated({ ...query, prefetches }, parents, groups, database);
  for (const [index, row] of rows.entries()) {
    const group = ofRows[index]!;
    row[step.toAttr] = relation.isList ? group : (group[0] ?? null);
  }
  await loadPrefetches(loaded, target, prefetches, database);
}

interface Groups {
  readonly parents: Parents;
  /** The list that the related rows of each key are put into. */
  readonly groups: ReadonlyMap<unknown, Row[]>;
  /** The same lists, for each of the rows in turn. */
  readonly ofRows: readonly Row[][];
}

function groupsOf(
  rows: readonly Row[],
  model: ModelMetadata,
  relation: RelationField,
  { schema }: Database,
): Groups {
  const ends = relationEnds(schema, model, relation);
  const own = ends.through ? [ends.own.name] : ends.pairs.map((pair) => pair.own.name);
  const paths = ends.through ? [relation.inverse] : ends.pairs.map((pair) => pair.other.name);
  const keys = own.map((name) => keysOf(rows, name, model));
  const groups = new Map<unknown, Row[]>();
  const keyOfRow = keyBy(own.map((name) => (row: Row) => row[name]));
  const ofRows = rows.map((row) => {
    const key = keyOfRow(row);
    let group = groups.get(key);
    if (!group) group = [];
    if (key !== null) groups.set(key, group);
    return group;
  });
  return { parents: { paths, keys, ...(ends.through && { through: relation.inverse }) }, groups, ofRows };
}

/** The values that rows have in a field, each once. */
function keysOf(rows: readonly Row[], name: string, model: ModelMetadata): unknown[] {
  const keys = new Map<unknown, unknown>();
  for (const { [name]: key } of rows) {
    if (key === undefined)
      throw new FieldError(`prefetchRelated() needs "${name}" of ${model.name}; select it too.`);
    if (key !== null) keys.set(plainKey(key), key);
  }
  return [...keys.values()];
}

/** Puts related rows into the lists of their parents; returns them. */
async function loadRelated(
  state: QueryState,
  parents: Parents,
  groups: ReadonlyMap<unknown, Row[]>,
  database: Database,
): Promise<Row[]> {
  if (parents.keys.some((keys) => keys.length === 0)) return [];
  const { sql, parameters, isEmpty, reading } = readyRelated(state, parents, database);
  if (isEmpty) return [];
  const { rows } = await database.query(sql, parameters);
  const { types, read } = reading;
  const first = rows.length > 0 ? rows[0]!.length - types.length : 0;
  const keyOfValues = keyBy(
    types.map((type, index) => {
      const readKey = readerOf(type, database.schema);
      return (values: readonly unknown[]) => {
        const value = values[first + index];
        return readKey && value !== null ? readKey(value as never) : value;
      };
    }),
  );
  const loaded: Row[] = [];
  for (const values of rows) {
    const group = groups.get(keyOfValues(values));
    // Parts of different keys may make one that no parent has.
    if (!group) continue;
    const row = read(values) as Row;
    group.push(row);
    loaded.push(row);
  }
  return loaded;
}

/** Makes a key of some parts: the same one for equal parts, whatever they are made of. */
function keyBy<T>(parts: readonly ((from: T) => unknown)[]): (from: T) => unknown {
  const [only] = parts;
  if (only && parts.length === 1) return (from) => plainKey(only(from));
  return (from) => JSON.stringify(parts.map((part) => String(part(from))));
}

/** A value that is the same for equal keys: a number or a text as it is, a key of another kind as text. */
function plainKey(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as Date).toString() : value;
}
