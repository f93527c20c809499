import type { Dialect } from '../database/database.js';
import { sqlTokens, type SqlToken } from './sql-tokens.js';
import type { TableGraph } from './table-graph.js';

export interface StatementTables {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
}

/** Statements that touch no rows of a table. */
const neutral = words(
  'SET SHOW RESET BEGIN START COMMIT END ABORT ROLLBACK SAVEPOINT RELEASE LISTEN UNLISTEN NOTIFY DISCARD PRAGMA ANALYZE VACUUM CHECKPOINT USE FETCH CLOSE',
);
/** Statements whose tables stand where the grammar says. */
const readable = words('SELECT WITH INSERT UPDATE DELETE MERGE REPLACE VALUES TABLE EXPLAIN DECLARE');
/** Statements that run code of their own, which may touch anything. */
const opaque = words('CALL DO EXECUTE EXEC');

/** What an `UPDATE` follows when it is a clause, and no statement. */
const clausesBeforeUpdate = words('FOR DO ON KEY THEN');

/**
 * Tells which tables a statement reads and which it writes, foreign key actions included; in doubt, both.
 *
 * A function that is called in a statement is not looked into.
 */
export function statementTables(sql: string, graph: TableGraph, dialect: Dialect): StatementTables {
  const reads = new Set<string>();
  const writes = new Set<string>();
  for (const statement of statements(sqlTokens(sql, { backslashEscapes: dialect === 'mysql' }))) {
    new StatementReader(statement, graph, dialect, reads, writes).read();
  }
  return { reads, writes };
}

function statements(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ';') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.filter(({ length }) => length > 0);
}

class StatementReader {
  /** The positions of names that are written to; every other mention of a table is a read. */
  readonly #targets = new Set<number>();

  constructor(
    private readonly tokens: readonly SqlToken[],
    private readonly graph: TableGraph,
    private readonly dialect: Dialect,
    private readonly reads: Set<string>,
    private readonly writes: Set<string>,
  ) {}

  read(): void {
    const first = this.tokens.findIndex(({ kind }) => kind === 'word');
    const leading = this.#word(first);
    if (neutral.has(leading)) return;
    if (opaque.has(leading)) return this.#touch(this.graph.tables);
    if (!readable.has(leading)) return this.#touchEveryMention();
    for (let at = first; at < this.tokens.length; at++) this.#readClause(at);
    for (let at = 0; at < this.tokens.length; at++) {
      const table = this.#targets.has(at) ? undefined : this.#table(at);
      if (table !== undefined) this.reads.add(table);
    }
  }

  #readClause(at: number): void {
    switch (this.#word(at)) {
      case 'INSERT':
      case 'REPLACE':
        return this.#readInsert(at);
      case 'UPDATE':
        if (!clausesBeforeUpdate.has(this.#word(at - 1))) this.#readUpdate(at);
        return;
      case 'DELETE':
        return this.#readDelete(at);
      case 'MERGE':
        return this.#readMerge(at);
    }
  }

  #readInsert(at: number): void {
    // `INSERT OR REPLACE INTO`, `INSERT LOW_PRIORITY IGNORE INTO`; `replace(…)` is a function.
    const into = this.#find(at, 'INTO', 4);
    if (into < 0) return;
    const table = this.#write(into + 1);
    const replaces = this.#word(at) === 'REPLACE' || this.#word(into - 1) === 'REPLACE';
    if (replaces) this.graph.deletedWith(table, this.writes);
    this.#followAssignments(table, into);
  }

  #readUpdate(at: number): void {
    const set = this.#find(at, 'SET', Infinity);
    if (set < 0) return;
    const start = at + (['ONLY', 'OR', 'IGNORE', 'LOW_PRIORITY'].includes(this.#word(at + 1)) ? 1 : 0);
    const skipped = this.#word(start) === 'OR' ? start + 1 : start;
    const target = this.#write(skipped + 1);
    this.#followAssignments(target, at);
    // MySQL updates several joined tables at once.
    for (let position = at; position < set; position++) {
      const table = this.#table(position);
      if (table === undefined) continue;
      this.writes.add(table);
      this.#followAssignments(table, at);
    }
  }

  #readDelete(at: number): void {
    const previous = this.#word(at - 1);
    if (previous === 'ON' || previous === 'THEN') return;
    if (this.#word(at + 1) !== 'FROM') return this.#touchEveryMention();
    const start = at + (this.#word(at + 2) === 'ONLY' ? 3 : 2);
    this.graph.deletedWith(this.#write(start), this.writes);
  }

  #readMerge(at: number): void {
    if (this.#word(at + 1) !== 'INTO') return;
    const start = at + (this.#word(at + 2) === 'ONLY' ? 3 : 2);
    const table = this.#write(start);
    this.graph.deletedWith(table, this.writes);
    this.#followAssignments(table, at);
  }

  /** Counts the table whose name starts at `at` as written. */
  #write(at: number): string {
    while (this.tokens[at + 1]?.text === '.' && this.tokens[at + 2]) at += 2;
    this.#targets.add(at);
    const table = this.#table(at) ?? this.tokens[at]?.text ?? '';
    this.writes.add(table);
    return table;
  }

  /** Finds the names in `SET …` from `at` on: a changed key changes the foreign keys that point to it. */
  #followAssignments(table: string, at: number): void {
    const set = this.#find(at, 'SET', Infinity);
    if (set < 0) return;
    const columns = new Set<string>();
    for (let position = set + 1; position < this.tokens.length; position++) {
      if (['WHERE', 'FROM', 'RETURNING', 'WHEN'].includes(this.#word(position))) break;
      if (this.tokens[position]!.kind !== 'symbol') columns.add(this.tokens[position]!.text.toLowerCase());
    }
    this.graph.updatedWith(table, columns, this.writes);
  }

  #touchEveryMention(): void {
    const cascades = this.#find(0, 'CASCADE', Infinity) >= 0;
    for (let at = 0; at < this.tokens.length; at++) {
      const table = this.#table(at);
      if (table === undefined) continue;
      this.#touch([table]);
      this.graph.deletedWith(table, this.writes);
      if (cascades) this.graph.referencing(table, this.writes);
    }
  }

  #touch(tables: Iterable<string>): void {
    for (const table of tables) {
      this.reads.add(table);
      this.writes.add(table);
    }
  }

  #table(at: number): string | undefined {
    const token = this.tokens[at];
    if (!token || token.kind === 'symbol') return undefined;
    return this.graph.find(token.text, token.kind === 'quoted', this.dialect === 'postgres');
  }

  #find(from: number, word: string, within: number): number {
    const end = Math.min(this.tokens.length, from + within + 1);
    for (let at = from; at < end; at++) if (this.#word(at) === word) return at;
    return -1;
  }

  #word(at: number): string {
    const token = this.tokens[at];
    return token?.kind === 'word' ? token.text.toUpperCase() : '';
  }
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
