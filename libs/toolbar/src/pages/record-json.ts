import type { Recorder } from '../recording/recorder.js';
import type { RequestRecord } from '../recording/request-record.js';

/** One request as the list shows it. */
export interface RecordSummary {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  readonly milliseconds: number;
  readonly queries: number;
  readonly panels: readonly { id: string; title: string; summary: string }[];
}

/** What the list of requests can be narrowed to. */
export interface RecordFilter {
  readonly path?: string | undefined;
  readonly status?: string | undefined;
  readonly minMs?: number | undefined;
  readonly minQueries?: number | undefined;
}

export function summarize(recorder: Recorder, record: RequestRecord): RecordSummary {
  return {
    id: record.id,
    at: record.at.toISOString(),
    method: record.start.method,
    url: record.start.url,
    status: record.end?.status ?? null,
    milliseconds: Math.round(record.milliseconds * 100) / 100,
    queries: record.count('sql'),
    panels: recorder.panels.map((panel) => ({
      id: panel.id,
      title: panel.title,
      summary: recorder.summary(panel, record),
    })),
  };
}

/** Says whether a request is one that was asked for; `4` as a status means all from 400 to 499. */
export function matches(record: RequestRecord, { path, status, minMs, minQueries }: RecordFilter): boolean {
  if (path !== undefined && !record.start.path.includes(path)) return false;
  if (status !== undefined && !`${record.end?.status ?? ''}`.startsWith(status)) return false;
  if (minMs !== undefined && record.milliseconds < minMs) return false;
  return minQueries === undefined || record.count('sql') >= minQueries;
}
