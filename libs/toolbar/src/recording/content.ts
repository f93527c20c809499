/** One cell of a table: text, or text with what is to be said about it. Nothing in it is markup. */
export type Cell =
  | string
  | number
  | {
      text: string;
      /** Marks what deserves a look. */
      mark?: 'slow' | 'duplicate' | 'error';
      /** Set in the type of code, with its line breaks. */
      isCode?: boolean;
      /** Something that the panel can do about it, when asked. */
      action?: { label: string; name: string; index: number };
    };

/** One thing on the timeline. Times are milliseconds since the request came. */
export interface Span {
  label: string;
  kind: 'middleware' | 'guards' | 'handler' | 'query' | 'cache' | 'signal' | 'template' | (string & {});
  startedAt: number;
  milliseconds: number;
}

/** What a panel shows. Texts are shown as they are, whatever they contain. */
export type Content =
  | { kind: 'note'; text: string; isWarning?: boolean }
  | { kind: 'facts'; title?: string; facts: readonly (readonly [name: string, value: Cell])[] }
  | { kind: 'table'; title?: string; columns: readonly string[]; rows: readonly (readonly Cell[])[] }
  | { kind: 'text'; title?: string; text: string }
  | { kind: 'timeline'; spans: readonly Span[]; milliseconds: number };
