import { maskParameters } from '../masking.js';
import { show, shorten } from '../recording/shorten.js';

/** What a database tells of one statement. */
export interface StatementFact {
  readonly database: string;
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly startedAt: number;
  readonly milliseconds: number;
  readonly rows: number;
  readonly transaction?: string;
  readonly savepoint?: string;
  /** Where in the application's code it comes from. */
  readonly from?: string;
  /** The model whose rows it reads or writes, where it is one. */
  readonly model?: string;
  readonly error?: unknown;
  /** Asks the database how it runs this very statement. */
  explain?(): Promise<string>;
}

/** One statement as it is kept: secrets masked, nothing longer than is read. */
export interface KeptStatement {
  readonly database: string;
  readonly sql: string;
  readonly shape: string;
  readonly parameters: string;
  readonly startedAt: number;
  readonly milliseconds: number;
  readonly rows: number;
  readonly scope: string;
  readonly from: string;
  readonly model: string | undefined;
  readonly error: string | undefined;
  readonly explain: (() => Promise<string>) | undefined;
  /** What `explain()` holds on to: here so that it counts as kept; nothing shows it. */
  readonly held: readonly unknown[];
}

export function keepStatement(fact: StatementFact): KeptStatement {
  const sql = shorten(fact.sql);
  const isExplained = isExplainable(fact.sql) && fact.explain !== undefined;
  const parameters = maskParameters(fact.sql, fact.parameters).slice(0, 200);
  return {
    database: fact.database,
    sql,
    shape: shapeOf(sql),
    parameters: shorten(parameters.map((value) => show(value, 200)).join(', '), 2_000),
    startedAt: fact.startedAt,
    milliseconds: fact.milliseconds,
    rows: fact.rows,
    scope: [fact.transaction, fact.savepoint].filter((name) => name !== undefined).join(' › '),
    from: fact.from ?? '',
    model: fact.model,
    error: fact.error === undefined ? undefined : show(fact.error),
    explain: isExplained ? () => fact.explain!() : undefined,
    held: isExplained ? [fact.sql, fact.parameters] : [],
  };
}

function isExplainable(sql: string): boolean {
  return /^\s*(select|with|insert|update|delete)\b/i.test(sql);
}

/** Statements that differ by their values alone have one shape. */
function shapeOf(sql: string): string {
  return sql.replace(/\$\d+|\?\d*/g, '?').replace(/\(\s*\?(\s*,\s*\?)*\s*\)/g, '(?)');
}
