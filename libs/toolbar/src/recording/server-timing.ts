import type { Span } from './content.js';

/** Sums the timeline up for the browser's own tools: `query;dur=12.3;desc="4 of query"`. */
export function serverTiming(spans: readonly Span[], milliseconds: number): string {
  const kinds = new Map<string, { count: number; sum: number }>();
  for (const { kind, milliseconds: own } of spans) {
    const total = kinds.get(kind) ?? { count: 0, sum: 0 };
    kinds.set(kind, { count: total.count + 1, sum: total.sum + own });
  }
  kinds.delete('middleware');
  const parts = [...kinds].map(
    ([kind, { count, sum }]) => `${token(kind)};dur=${sum.toFixed(1)};desc="${count}"`,
  );
  return [`total;dur=${milliseconds.toFixed(1)}`, ...parts].join(', ');
}

function token(text: string): string {
  return text.replace(/[^a-z0-9_-]/gi, '_');
}
