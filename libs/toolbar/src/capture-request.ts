import { QuintetError } from '@nest-quintet/core';
import type { KeptStatement } from './panels/sql-statement.js';
import type { Content } from './recording/content.js';
import { Recorder } from './recording/recorder.js';
import type { RequestRecord } from './recording/request-record.js';

/** What one request did, for tests. */
export interface CapturedRequest<T> {
  /** What `send` returned. */
  readonly result: T;
  readonly record: RequestRecord;
  readonly status: number;
  readonly milliseconds: number;
  readonly statements: readonly KeptStatement[];
  /** What a panel shows, for example `'cache'`. */
  panel(id: string): { summary: string; content: readonly Content[] };
}

/**
 * Sends one request to an application that has the toolbar, and returns what it did.
 *
 * @example
 * const { statements } = await captureRequest(app, () => fetch(`${url}/books`));
 * expect(statements).toHaveLength(2);
 *
 * @throws QuintetError where there was none, or more than one.
 */
export async function captureRequest<T>(
  app: { get(token: typeof Recorder, options?: { strict: boolean }): Recorder },
  send: () => Promise<T>,
): Promise<CapturedRequest<T>> {
  const recorder = app.get(Recorder, { strict: false });
  const before = new Set(recorder.store.newestFirst);
  const result = await send();
  const [record, ...others] = recorder.store.newestFirst.filter((each) => !before.has(each));
  if (record === undefined || others.length > 0) {
    throw new QuintetError(
      `captureRequest() saw ${record === undefined ? 'no request' : `${others.length + 1} requests`}: send one, and wait for its response.`,
    );
  }
  return {
    result,
    record,
    status: record.end!.status,
    milliseconds: record.milliseconds,
    statements: record.kept<KeptStatement>('sql'),
    panel(id) {
      const panel = recorder.panel(id);
      if (panel === undefined) throw new QuintetError(`There is no panel "${id}".`);
      return { summary: recorder.summary(panel, record), content: recorder.content(panel, record) };
    },
  };
}
