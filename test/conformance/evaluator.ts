/** The areas that behaviour was recorded for. */
export const areas = [
  'orm',
  'signals',
  'cache_api',
  'cache_http',
  'fragments',
  'sessions',
  'middleware',
] as const;
export type Area = (typeof areas)[number];

export const databases = ['pglite', 'postgresql', 'sqlite'] as const;
export type Database = (typeof databases)[number];

/** One recorded case; beyond its id the fields belong to its area, whose evaluator knows them. */
export interface RecordedCase {
  /** Unique over all areas: `lookups.exact_str`, `sessions.pop_present_absent`. */
  readonly id: string;
  readonly [field: string]: unknown;
}

/** What became of a case; `detail` says what was observed instead, in a line or a few. */
export type Outcome = { readonly status: 'pass' } | { readonly status: 'fail'; readonly detail: string };

export interface EvaluatorOptions {
  readonly database: Database;
  /** Where the server is; given with `postgresql` only, and its database is empty and ours alone. */
  readonly databaseUrl?: string;
}

/** Runs the cases of one area, one after the other. */
export interface CaseRunner {
  /** Runs one case from a fresh state; what it throws fails the case and nothing else. */
  run(recorded: RecordedCase): Promise<Outcome>;
  close(): Promise<void>;
}

/**
 * Runs what Django does in one area through our libraries.
 *
 * It translates syntax and encodes results and contains no semantics: no query logic, no header rule, no expiry
 * arithmetic, no case id. A further file of cases of the same form runs with no new code.
 */
export interface Evaluator {
  readonly area: Area;
  open(options: EvaluatorOptions): Promise<CaseRunner>;
}
