import type { OperationNode } from 'kysely';
import type { Database } from '../database/database.js';
import { blankIn, TypedBlank } from './blank.js';
import { statementFor } from './execute.js';
import { blanked, formOf, type QueryForm } from './query-form.js';
import type { QueryState } from './state.js';
import type { Statement } from './statement.js';
import { textKey } from './text-key.js';
import { escapePattern } from './text-lookups.js';
import { type BindingContext, toParameter } from './to-parameter.js';

/** What is asked of a query: its rows, their number, the rows that belong to some others. */
export interface Question<R> {
  /** What it is called, with all that its SQL depends on beside the query; absent where that may be values too. */
  readonly key?: string;
  /** What it is asked with beside the values of the query. */
  readonly values?: readonly unknown[];
  /** Compiles it; from the number of a blank on, for any such values. */
  compile(state: QueryState, statement: Statement, firstBlank?: number): Compiled<R>;
  /** The parameters at its end that the slice of the query decides. */
  sliced?(state: QueryState): readonly Parameter[];
}

export interface Compiled<R> {
  readonly node: OperationNode;
  /** Whether it is known to find nothing, so that it need not be sent. */
  readonly isEmpty: boolean;
  /** What makes an answer of the rows that are found. */
  readonly reading: R;
}

/** A statement that needs only to be sent. */
export interface ReadyStatement<R> extends Omit<Compiled<R>, 'node'> {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Makes a parameter of what a query was asked with. */
export type Parameter = (values: readonly unknown[], state: QueryState) => unknown;

interface Plan {
  readonly sql: string;
  /** The models whose rows are seen from others; a default manager of theirs may ask something else each time. */
  readonly related: readonly string[];
  readonly reading: unknown;
  readonly parameters: readonly Parameter[];
}

const mostPlans = 1_000;
const plansOf = new WeakMap<Database, Map<string, Plan | null>>();

/** Compiles a question; one that differs from an earlier one in its values alone is not compiled again. */
export function readyStatement<R>(
  state: QueryState,
  database: Database,
  question: Question<R>,
): ReadyStatement<R> {
  const form = question.key === undefined ? undefined : formOf(state);
  if (!form) return compiled(state, statementFor(database), question);
  let plans = plansOf.get(database);
  if (!plans) plansOf.set(database, (plans = new Map()));
  const key = textKey(question.key!) + form.key;
  const values = question.values ? [...form.values, ...question.values] : form.values;
  const plan = plans.get(key);
  if (plan && !hasDefaults(plan.related, database)) {
    const { sql, parameters } = plan;
    const reading = plan.reading as R;
    return { sql, reading, parameters: parameters.map((make) => make(values, state)), isEmpty: false };
  }
  const ready = compiled(state, statementFor(database), question);
  if (plan === undefined) {
    if (plans.size >= mostPlans) plans.delete(plans.keys().next().value!);
    plans.set(key, planOf(state, { key, values }, form.values.length, ready, database, question) ?? null);
  }
  return ready;
}

function compiled<R>(
  state: QueryState,
  statement: Statement,
  question: Question<R>,
  firstBlank?: number,
): ReadyStatement<R> {
  const { node, reading, isEmpty } = question.compile(state, statement, firstBlank);
  if (isEmpty) return { sql: '', parameters: [], reading, isEmpty };
  return { ...statement.dialect.compile(node), reading, isEmpty };
}

/** Compiles a question for any values; `undefined` where that is not the same one, so that the values must matter. */
function planOf<R>(
  state: QueryState,
  { values }: QueryForm,
  firstBlank: number,
  ready: ReadyStatement<R>,
  database: Database,
  question: Question<R>,
): Plan | undefined {
  const context = statementFor(database);
  const blank = compiledBlank(state, context, question, firstBlank);
  const related = [...context.related];
  if (!blank || blank.isEmpty || blank.sql !== ready.sql || hasDefaults(related, database)) return undefined;
  const sliced = question.sliced?.(state) ?? [];
  const firstSliced = blank.parameters.length - sliced.length;
  const parameters: Parameter[] = [];
  const bound = new Set<number>();
  for (const [index, parameter] of blank.parameters.entries()) {
    const made = parameterOf(parameter, context);
    if (made?.blank !== undefined) bound.add(made.blank);
    const make = sliced[index - firstSliced] ?? made?.make;
    if (!make || !makes(make, ready.parameters[index], values, state)) return undefined;
    parameters.push(make);
  }
  // A value that is no parameter may still be one that is refused.
  if (bound.size !== values.length) return undefined;
  return { sql: ready.sql, related, reading: ready.reading, parameters };
}

function makes(make: Parameter, expected: unknown, values: readonly unknown[], state: QueryState): boolean {
  try {
    return isSame(make(values, state), expected);
  } catch {
    // A list that is bound value by value is no value of its type.
    return false;
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => value === other[index]);
  return one === other;
}

function hasDefaults(models: readonly string[], database: Database): boolean {
  return models.some((model) => (database.defaultState(model)?.conditions.length ?? 0) > 0);
}

function compiledBlank<R>(
  state: QueryState,
  statement: Statement,
  question: Question<R>,
  firstBlank: number,
): ReadyStatement<R> | undefined {
  try {
    return compiled(blanked(state), statement, question, firstBlank);
  } catch {
    // The query itself has been compiled already: what is wrong here is that a blank stands in it.
    return undefined;
  }
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
  const [item] = Array.isArray(parameter) ? (parameter as unknown[]) : [];
  if (item instanceof TypedBlank) {
    const { index, type } = item;
    const make: Parameter = (values) =>
      (values[index] as readonly unknown[]).map((value) => toParameter(value, type, context));
    return { make, blank: index };
  }
  const pattern = typeof parameter === 'string' ? blankIn(parameter) : undefined;
  if (!pattern) return { make: () => parameter };
  const { before, index, after } = pattern;
  if (before === '' && after === '') return undefined;
  return { make: (values) => before + escapePattern(values[index] as string) + after, blank: index };
}
