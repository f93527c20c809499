import type { Cell, Content, Span } from '../recording/content.js';
import type { RequestRecord } from '../recording/request-record.js';
import { shorten, show } from '../recording/shorten.js';
import { counted, inMs, spanOf } from './times.js';
import { type PanelView, ToolbarPanel } from './toolbar-panel.js';

/** What a cache tells of one call. */
export interface CacheFact {
  readonly cache: string;
  readonly operation: string;
  readonly keys: readonly string[];
  /** How many of the keys were there, for calls that read. */
  readonly hits?: number;
  readonly bytes?: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error?: unknown;
}

/** What a page cache tells of one page. */
export interface PageFact {
  readonly outcome: 'HIT' | 'MISS' | 'STALE' | 'BYPASS' | (string & {});
  /** Why it was so, in a sentence. */
  readonly reason: string;
  readonly key?: string;
  /** What would make the page stale. */
  readonly tags?: readonly string[];
}

/** Shows what caches were asked, and why a page came from one or did not. */
export class CachePanel extends ToolbarPanel<CacheFact | PageFact> {
  readonly id = 'cache';
  readonly title = 'Cache';
  override readonly channels = ['cache', 'page'];

  override keep(fact: CacheFact | PageFact): CacheFact | PageFact {
    if ('outcome' in fact) return { ...fact, tags: fact.tags?.slice(0, 200) };
    return { ...fact, keys: fact.keys.slice(0, 100).map((key) => shorten(key, 250)) };
  }

  summary({ kept }: PanelView<CacheFact | PageFact>): string {
    const pages = kept.filter(isPage).map(({ outcome }) => outcome);
    const calls = kept.filter(isCall);
    const { hits, misses } = readsOf(calls);
    const values = calls.length === 0 ? '' : `${counted(hits, 'hit')}, ${counted(misses, 'miss', 'misses')}`;
    return [...pages, values].filter((text) => text !== '').join(', ');
  }

  content({ kept }: PanelView<CacheFact | PageFact>): readonly Content[] {
    if (kept.length === 0) return [{ kind: 'note', text: 'No cache was asked.' }];
    const calls = kept.filter(isCall);
    return [...kept.filter(isPage).map(ofPage), ofCalls(calls)];
  }

  override spans(fact: CacheFact | PageFact, record: RequestRecord): readonly Span[] {
    if (isPage(fact)) return [];
    const label = `${fact.cache}.${fact.operation}(${fact.keys[0] ?? ''}${fact.keys.length > 1 ? ', …' : ''})`;
    return [spanOf(record, 'cache', label, fact.startedAt, fact.endedAt)];
  }
}

function isPage(fact: CacheFact | PageFact): fact is PageFact {
  return 'outcome' in fact;
}

function isCall(fact: CacheFact | PageFact): fact is CacheFact {
  return !isPage(fact);
}

function readsOf(calls: readonly CacheFact[]): { hits: number; misses: number } {
  const reads = calls.filter(({ hits }) => hits !== undefined);
  const hits = reads.reduce((sum, call) => sum + call.hits!, 0);
  return { hits, misses: reads.reduce((sum, { keys }) => sum + keys.length, 0) - hits };
}

function ofPage({ outcome, reason, key, tags }: PageFact): Content {
  const facts: (readonly [string, Cell])[] = [
    ['Outcome', outcome],
    ['Why', reason],
  ];
  if (key !== undefined) facts.push(['Key', { text: key, isCode: true }]);
  if (tags !== undefined) facts.push(['Stale when written', tags.join(', ') || 'nothing: only by time']);
  return { kind: 'facts', title: 'This page', facts };
}

function ofCalls(calls: readonly CacheFact[]): Content {
  return {
    kind: 'table',
    title: counted(calls.length, 'call'),
    columns: ['Cache', 'Call', 'Keys', 'Found', 'Bytes', 'Time'],
    rows: calls.map(({ cache, operation, keys, hits, bytes, startedAt, endedAt, error }) => [
      cache,
      operation,
      { text: keys.join('\n'), isCode: true },
      error === undefined ? (hits ?? '') : { text: show(error), mark: 'error' },
      bytes ?? '',
      inMs(endedAt - startedAt),
    ]),
  };
}
