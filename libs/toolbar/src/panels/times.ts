import type { RequestRecord } from '../recording/request-record.js';
import type { Span } from '../recording/content.js';

/** Milliseconds as they are read: `0.42 ms`, `12.3 ms`, `1,204 ms`. */
export function inMs(milliseconds: number): string {
  const digits = milliseconds < 1 ? 2 : milliseconds < 100 ? 1 : 0;
  return `${milliseconds.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** Makes one entry of the timeline, counted from when the request came. */
export function spanOf(
  record: RequestRecord,
  kind: Span['kind'],
  label: string,
  startedAt: number,
  endedAt: number,
): Span {
  return {
    kind,
    label,
    startedAt: startedAt - record.startedAt,
    milliseconds: Math.max(0, endedAt - startedAt),
  };
}

/** `1 query`, `2 queries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
