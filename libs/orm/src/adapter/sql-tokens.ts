/** One piece of SQL that means something: comments, white space and literals are no tokens. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'symbol';
  /** A word as it is written, a quoted name without its quotes, or one character. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface SqlTokenOptions {
  /** Whether `\` escapes in every string (MySQL), not only in `E'…'`. */
  backslashEscapes?: boolean;
}

// Sticky: each matches at the position it is asked for, and nowhere else.
const word = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const number = /[0-9][\w.]*/y;
const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;

/**
 * Cuts SQL into tokens, knowing just enough of PostgreSQL, SQLite and MySQL never to look into a literal.
 *
 * @example
 * sqlTokens(`SELECT 'a;b' FROM "Book"`).map(({ text }) => text); // ['SELECT', 'FROM', 'Book']
 */
export function sqlTokens(sql: string, { backslashEscapes = false }: SqlTokenOptions = {}): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const char = sql[at]!;
    const start = at;
    if (char <= ' ') {
      at++;
    } else if (char === '-' && sql[at + 1] === '-') {
      at = endOfLine(sql, at);
    } else if (char === '/' && sql[at + 1] === '*') {
      at = endOfComment(sql, at);
    } else if (char === "'") {
      const isEscaped = backslashEscapes || isEscapeString(tokens.at(-1), start);
      if (isEscaped && !backslashEscapes) tokens.pop();
      at = endOfQuoted(sql, at, "'", isEscaped);
    } else if (char === '"' || char === '`') {
      at = endOfQuoted(sql, at, char, false);
      const text = sql.slice(start + 1, at - 1).replaceAll(char + char, char);
      tokens.push({ kind: 'quoted', text, start, end: at });
    } else if (char === '$' && (at = endOfDollarQuoted(sql, start)) > start) {
      // A dollar-quoted body is a literal.
    } else if ((at = endOfMatch(number, sql, start)) > start) {
      // A number is a literal.
    } else if ((at = endOfMatch(word, sql, start)) > start) {
      tokens.push({ kind: 'word', text: sql.slice(start, at), start, end: at });
    } else {
      at = start + 1;
      tokens.push({ kind: 'symbol', text: char, start, end: at });
    }
  }
  return tokens;
}

function endOfMatch(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(sql) ? pattern.lastIndex : at;
}

function isEscapeString(previous: SqlToken | undefined, start: number): boolean {
  return previous?.end === start && previous.kind === 'word' && /^e$/i.test(previous.text);
}

function endOfLine(sql: string, at: number): number {
  const end = sql.indexOf('\n', at);
  return end < 0 ? sql.length : end;
}

/** PostgreSQL nests block comments. */
function endOfComment(sql: string, at: number): number {
  let depth = 0;
  while (at < sql.length) {
    if (sql.startsWith('/*', at)) {
      depth++;
      at += 2;
    } else if (sql.startsWith('*/', at)) {
      at += 2;
      if (--depth === 0) return at;
    } else {
      at++;
    }
  }
  return at;
}

function endOfQuoted(sql: string, at: number, quote: string, backslashEscapes: boolean): number {
  for (at++; at < sql.length; at++) {
    if (backslashEscapes && sql[at] === '\\') at++;
    else if (sql[at] === quote && sql[at + 1] === quote) at++;
    else if (sql[at] === quote) return at + 1;
  }
  return sql.length;
}

function endOfDollarQuoted(sql: string, at: number): number {
  dollarTag.lastIndex = at;
  const tag = dollarTag.exec(sql)?.[0];
  if (tag === undefined) return at;
  const end = sql.indexOf(tag, at + tag.length);
  return end < 0 ? sql.length : end + tag.length;
}
