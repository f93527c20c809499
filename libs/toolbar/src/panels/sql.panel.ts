import type { Cell, Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';
import { shorten } from '../recording/shorten.js';
import { type Repetition, repetitionsIn } from './repeated-statements.js';
import { type KeptStatement, keepStatement, type StatementFact } from './sql-statement.js';
import { counted, inMs, spanOf } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** Shows what was sent to databases: how long it took, where it comes from, and what could have been one statement. */
export class SqlPanel extends ToolbarPanel<KeptStatement> {
  readonly id = 'sql';
  readonly title = 'SQL';
  override readonly channels = ['statement'];

  override readonly actions = {
    explain: async ({ explain }: KeptStatement): Promise<readonly Content[]> => {
      if (explain === undefined)
        return [{ kind: 'note', text: 'Only SELECT, INSERT, UPDATE and DELETE have a plan.' }];
      return [{ kind: 'text', title: 'Plan', text: shorten(await explain()) }];
    },
  };

  /** @param slow Milliseconds from which on a statement is marked. */
  constructor(private readonly slow: number) {
    super();
  }

  override keep(fact: StatementFact): KeptStatement {
    return keepStatement(fact);
  }

  summary({ kept, count }: PanelView<KeptStatement>): string {
    if (count === 0) return '';
    const repeated = repetitionsIn(kept).reduce((sum, { statements }) => sum + statements.length, 0);
    const again = repeated === 0 ? '' : `, ${repeated} alike`;
    return `${counted(count, 'query', 'queries')}, ${inMs(totalOf(kept))}${again}`;
  }

  content({ kept, count }: PanelView<KeptStatement>): readonly Content[] {
    if (count === 0) return [{ kind: 'note', text: 'Nothing was sent to a database.' }];
    const repetitions = repetitionsIn(kept);
    const repeated = new Map<KeptStatement, Repetition>();
    for (const repetition of repetitions)
      for (const statement of repetition.statements) repeated.set(statement, repetition);
    return [
      ...repetitions.map(noteOn),
      {
        kind: 'table',
        title: `${counted(count, 'query', 'queries')} in ${inMs(totalOf(kept))}`,
        columns: ['#', 'Time', 'Rows', 'SQL', 'Parameters', 'From', 'Transaction', ''],
        rows: kept.map((statement, index) => this.#row(statement, index, repeated.has(statement))),
      },
    ];
  }

  override spans(kept: KeptStatement, record: RequestRecord): readonly Span[] {
    const label = shorten(kept.sql.replace(/\s+/g, ' '), 120);
    return [spanOf(record, 'query', label, kept.startedAt, kept.startedAt + kept.milliseconds)];
  }

  #row(statement: KeptStatement, index: number, isRepeated: boolean): readonly Cell[] {
    const { sql, parameters, milliseconds, rows, from, scope, error, explain } = statement;
    const time: Cell =
      milliseconds >= this.slow ? { text: inMs(milliseconds), mark: 'slow' } : inMs(milliseconds);
    return [
      index + 1,
      time,
      error === undefined ? rows : { text: error, mark: 'error' },
      { text: sql, isCode: true, ...(isRepeated && { mark: 'duplicate' }) },
      { text: parameters, isCode: true },
      from,
      scope,
      explain === undefined ? '' : { text: '', action: { label: 'Explain', name: 'explain', index } },
    ];
  }
}

function totalOf(statements: readonly KeptStatement[]): number {
  return statements.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function noteOn({ statements, isDuplicate, advice }: Repetition): Content {
  const { shape, from } = statements[0]!;
  const what = isDuplicate ? 'The same statement with the same values' : 'N+1: one statement for each row';
  const where = from === '' ? '' : `, from ${from}`;
  const text = `${what} ${statements.length} times${where}. ${advice} ${shorten(shape, 300)}`;
  return { kind: 'note', isWarning: true, text };
}
