import type { KeptStatement } from './sql-statement.js';

/** Statements of one request that could have been one. */
export interface Repetition {
  readonly statements: readonly KeptStatement[];
  /** Whether they were the same to the last value, so that all but the first told nothing new. */
  readonly isDuplicate: boolean;
  /** What to do about it, where that can be told from the statement. */
  readonly advice: string;
}

const FEW = 3;

/** Finds statements that came again with the same values, and those that came once for each row of another (N+1). */
export function repetitionsIn(statements: readonly KeptStatement[]): readonly Repetition[] {
  const groups = new Map<string, KeptStatement[]>();
  for (const statement of statements) {
    if (!/^\s*(select|with)\b/i.test(statement.sql)) continue;
    const group = groups.get(statement.shape);
    if (group === undefined) groups.set(statement.shape, [statement]);
    else group.push(statement);
  }
  return [...groups.values()].flatMap((group) => {
    const isDuplicate = new Set(group.map(({ parameters }) => parameters)).size === 1;
    if (group.length < (isDuplicate ? 2 : FEW)) return [];
    return [{ statements: group, isDuplicate, advice: isDuplicate ? REUSE : adviceFor(group[0]!) }];
  });
}

const REUSE = 'Keep the first answer, or cache it.';

/** Rows that are looked for by their key are the one side of a relation, by another column the many side. */
function adviceFor({ sql, model }: KeptStatement): string {
  if (model === undefined) return 'Load the rows together: selectRelated(), prefetchRelated() or `in`.';
  const name = model[0]!.toLowerCase() + model.slice(1);
  return /\bWHERE\s+(?:"\w+"\.)?"id"\s*(?:=|IN\b)/i.test(sql)
    ? `Load them with what refers to them, for example selectRelated('${name}').`
    : `Load them with what they belong to, for example prefetchRelated('${name}s').`;
}
