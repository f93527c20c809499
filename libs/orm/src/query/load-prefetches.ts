import type { Database } from '../database/database.js';
import { FieldError, InvalidValueError } from '../errors.js';
import type { ModelMetadata, RelationField } from '../metadata/schema.js';
import { compileSelect, type Parents } from './compiler.js';
import { isDecimal } from './decimal.js';
import { statementFor } from './execute.js';
import { findField } from './names.js';
import type { Prefetch } from './prefetch.js';
import { readerOf } from './read.js';
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
  const { own, parents } = linkOf(rows, model, relation, database);
  const query = step.query ?? database.defaultState(relation.model) ?? initialState(relation.model);
  const related = await loadRelated(
    { ...query, prefetches: [...query.prefetches, ...step.nested] },
    parents,
    database,
  );
  const keyOfRow = keyBy(own.map((name) => (row: Row) => row[name]));
  for (const row of rows) {
    const found = related.get(keyOfRow(row));
    row[step.toAttr] = relation.isList ? (found ?? []) : (found?.[0] ?? null);
  }
}

/** Which fields of the rows, and which paths from the related rows, hold the same values. */
function linkOf(
  rows: readonly Row[],
  model: ModelMetadata,
  relation: RelationField,
  { schema }: Database,
): { own: readonly string[]; parents: Parents } {
  const ends = relationEnds(schema, model, relation);
  const own = ends.through ? [ends.own.name] : ends.pairs.map((pair) => pair.own.name);
  const paths = ends.through ? [relation.inverse] : ends.pairs.map((pair) => pair.other.name);
  const keys = own.map((name) => {
    const missing = rows.some((row) => row[name] === undefined);
    if (missing) throw new FieldError(`prefetchRelated() needs "${name}" of ${model.name}; select it too.`);
    return [...new Map(rows.map((row) => [plainKey(row[name]), row[name]])).values()].filter(
      (key) => key !== null,
    );
  });
  return { own, parents: { paths, keys, ...(ends.through && { through: relation.inverse }) } };
}

async function loadRelated(
  state: QueryState,
  parents: Parents,
  database: Database,
): Promise<Map<unknown, Row[]>> {
  const related = new Map<unknown, Row[]>();
  if (parents.keys.some((keys) => keys.length === 0)) return related;
  const statement = statementFor(database);
  const { node, columns, shape, isEmpty } = compileSelect(state, statement, { parents });
  if (isEmpty) return related;
  const { sql, parameters } = statement.dialect.compile(node);
  const result = await database.query(sql, parameters);
  const first = columns.length - parents.paths.length;
  const keyOfValues = keyBy(
    columns.slice(first).map(({ type }, index) => {
      const read = readerOf(type, database.schema);
      return (values: readonly unknown[]) => {
        const value = values[first + index];
        return read && value !== null ? read(value as never) : value;
      };
    }),
  );
  const loaded: Row[] = [];
  const { read } = shape;
  for (const values of result.rows) {
    const row = read(values) as Row;
    const key = keyOfValues(values);
    const siblings = related.get(key);
    if (siblings) siblings.push(row);
    else related.set(key, [row]);
    loaded.push(row);
  }
  await loadPrefetches(loaded, database.schema.models[state.model]!, state.prefetches, database);
  return related;
}

/** Makes a key of some parts: the same one for equal parts, whatever they are made of. */
function keyBy<T>(parts: readonly ((from: T) => unknown)[]): (from: T) => unknown {
  const [only] = parts;
  if (only && parts.length === 1) return (from) => plainKey(only(from));
  return (from) => JSON.stringify(parts.map((part) => String(part(from))));
}

/** A value that is the same for equal keys: a number or a text as it is, a key of another kind as text. */
function plainKey(value: unknown): unknown {
  return value instanceof Date || value instanceof Uint8Array || isDecimal(value) ? String(value) : value;
}
