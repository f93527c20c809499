import { sqlTokens } from './sql-tokens.js';

/**
 * Splits a script into its statements, without the semicolons; a semicolon in a literal, a comment or a routine's body
 * splits nothing.
 *
 * @example
 * splitStatements(`INSERT INTO a VALUES ('x;y'); DELETE FROM b;`).length; // 2
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let firstWord: string | undefined;
  /** `BEGIN … END` and `CASE … END` that are open in the body of a routine or a trigger. */
  let depth = 0;
  for (const { kind, text, end } of sqlTokens(script)) {
    const word = kind === 'word' ? text.toUpperCase() : undefined;
    firstWord ??= word ?? text;
    if (text === ';' && kind === 'symbol' && depth === 0) {
      statements.push(script.slice(start, end - 1).trim());
      start = end;
      firstWord = undefined;
    } else if (firstWord === 'CREATE' && (word === 'BEGIN' || (word === 'CASE' && depth > 0))) {
      depth++;
    } else if (word === 'END' && depth > 0) {
      depth--;
    }
  }
  const rest = script.slice(start);
  if (sqlTokens(rest).length > 0) statements.push(rest.trim());
  return statements.filter((statement) => sqlTokens(statement).length > 0);
}
