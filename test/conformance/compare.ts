import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from './evaluator.js';

/**
 * Compares what was recorded with what was observed, both encoded as JSON values.
 *
 * The detail of a failure names the first place where they differ. The order of an object's keys means nothing;
 * a key whose value is `undefined` is absent.
 */
export function compare(expected: unknown, observed: unknown): Outcome {
  const difference = firstDifference(plain(expected), plain(observed), '');
  return difference === undefined ? { status: 'pass' } : { status: 'fail', detail: difference };
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function firstDifference(expected: unknown, observed: unknown, path: string): string | undefined {
  if (isDeepStrictEqual(expected, observed)) return undefined;
  if (Array.isArray(expected) && Array.isArray(observed) && expected.length === observed.length) {
    return firstOf(expected.keys(), (index) =>
      firstDifference(expected[index], observed[index], `${path}[${index}]`),
    );
  }
  if (isRecord(expected) && isRecord(observed)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(observed)]);
    return firstOf(keys, (key) => firstDifference(expected[key], observed[key], `${path}.${key}`));
  }
  return `${path || 'the result'}: expected ${show(expected)}, observed ${show(observed)}`;
}

function firstOf<T>(items: Iterable<T>, check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
