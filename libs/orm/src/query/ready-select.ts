import type { Database } from '../database/database.js';
import { blankIn, TypedBlank } from './blank.js';
import { compileSelect } from './compiler.js';
import { statementFor } from './execute.js';
import { blanked, formOf, type QueryForm } from './query-form.js';
import type { Shape } from './shape.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';
import { escapePattern } from './text-lookups.js';
import { type BindingContext, toParameter } from './to-parameter.js';

/** A `SELECT` that needs only to be sent. */
export interface ReadySelect {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly shape: Shape;
  /** Whether it is known to find nothing, so that it need not be sent. */
  readonly isEmpty: boolean;
}

/** Makes a parameter of what a query was asked with. */
type Parameter = (values: readonly unknown[], state: QueryState) => unknown;

interface Plan {
  readonly sql: string;
  /** The models whose rows are seen from others; a default manager of theirs may ask something else each time. */
  readonly related: readonly string[];
  readonly shape: Shape;
  readonly parameters: readonly Parameter[];
}

const mostPlans = 1_000;
const plansOf = new WeakMap<Database, Map<string, Plan | null>>();

/** Compiles a query; one that differs from an earlier one in its values alone is not compiled again. */
export function readySelect(state: QueryState, database: Database): ReadySelect {
  const form = formOf(state);
  if (!form) return compiled(state, database);
  let plans = plansOf.get(database);
  if (!plans) plansOf.set(database, (plans = new Map()));
  const plan = plans.get(form.key);
  if (plan && !hasDefaults(plan.related, database)) {
    const { sql, shape, parameters } = plan;
    return { sql, shape, parameters: parameters.map((make) => make(form.values, state)), isEmpty: false };
  }
  const ready = compiled(state, database);
  if (plan === undefined) {
    if (plans.size >= mostPlans) plans.delete(plans.keys().next().value!);
    plans.set(form.key, planOf(state, form, ready, database) ?? null);
  }
  return ready;
}

/** Sends a query, and reads its rows. */
export async function rowsOf(
  { sql, parameters, shape }: ReadySelect,
  database: Database,
): Promise<unknown[]> {
  const { rows } = await database.query(sql, parameters);
  const { read } = shape;
  return rows.map((row) => read(row));
}

function compiled(
  state: QueryState,
  database: Database,
  statement: Statement = statementFor(database),
): ReadySelect {
  const { node, shape, isEmpty } = compileSelect(state, statement);
  if (isEmpty) return { sql: '', parameters: [], shape, isEmpty };
  return { ...statement.dialect.compile(node), shape, isEmpty };
}

/** Compiles a query for any values; `undefined` where that is not the same query, so that the values must matter. */
function planOf(
  state: QueryState,
  form: QueryForm,
  ready: ReadySelect,
  database: Database,
): Plan | undefined {
  const context = statementFor(database);
  const blank = compiledBlank(state, database, context);
  const related = [...context.related];
  if (!blank || blank.isEmpty || blank.sql !== ready.sql || hasDefaults(related, database)) return undefined;
  const slice = sliceParameters(state, blank.parameters.length);
  const parameters: Parameter[] = [];
  const bound = new Set<number>();
  for (const [index, parameter] of blank.parameters.entries()) {
    const made = parameterOf(parameter, context);
    if (made?.blank !== undefined) bound.add(made.blank);
    const make = slice.get(index) ?? made?.make;
    if (make?.(form.values, state) !== ready.parameters[index]) return undefined;
    parameters.push(make!);
  }
  // A value that is no parameter may still be one that is refused.
  if (bound.size !== form.values.length) return undefined;
  return { sql: ready.sql, related, shape: ready.shape, parameters };
}

function hasDefaults(models: readonly string[], database: Database): boolean {
  return models.some((model) => (database.defaultState(model)?.conditions.length ?? 0) > 0);
}

function compiledBlank(state: QueryState, database: Database, statement: Statement): ReadySelect | undefined {
  try {
    return compiled(blanked(state), database, statement);
  } catch {
    // The query itself has been compiled already: what is wrong here is that a blank stands in it.
    return undefined;
  }
}

/** The last parameters: how many rows, and how many to leave out. */
function sliceParameters({ start = 0, end }: QueryState, length: number): Map<number, Parameter> {
  const parameters: Parameter[] = [];
  if (end !== undefined) parameters.push((_, { end: last, start: first = 0 }) => last! - first);
  if (start > 0) parameters.push((_, state) => state.start);
  return new Map(parameters.map((parameter, index) => [length - parameters.length + index, parameter]));
}

/** `undefined` where a text has become a parameter in a way of its own. */
function parameterOf(
  parameter: unknown,
  context: BindingContext,
): { make: Parameter; blank?: number } | undefined {
  if (parameter instanceof TypedBlank) {
    const { index, type } = parameter;
    return { make: (values) => toParameter(values[index], type, context), blank: index };
  }
  const pattern = typeof parameter === 'string' ? blankIn(parameter) : undefined;
  if (!pattern) return { make: () => parameter };
  const { before, index, after } = pattern;
  if (before === '' && after === '') return undefined;
  return { make: (values) => before + escapePattern(values[index] as string) + after, blank: index };
}
