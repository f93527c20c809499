import { toSeconds, type Duration } from '@nest-quintet/core';
import type { HttpHeaders } from '@nest-quintet/middleware';

/** What `Cache-Control` can say; times are seconds or a text such as `'15m'`. */
export interface CacheControlDirectives {
  public?: boolean;
  private?: boolean;
  maxAge?: Duration;
  sMaxage?: Duration;
  /** `true`, or the names of the headers that must not be reused. */
  noCache?: boolean | string | readonly string[];
  noStore?: boolean;
  noTransform?: boolean;
  mustRevalidate?: boolean;
  proxyRevalidate?: boolean;
  mustUnderstand?: boolean;
  immutable?: boolean;
  staleWhileRevalidate?: Duration;
  staleIfError?: Duration;
}

const TIMES = new Set(['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']);

/** A directive's values; `true` is a directive that stands alone. Only `no-cache` has several. */
type Values = Set<string | true>;

/** Reads `Cache-Control` into its directives, names in lower case. */
export function parseCacheControl(header: string | undefined): Map<string, Values> {
  const directives = new Map<string, Values>();
  for (const part of (header ?? '').split(',')) {
    const [name, value] = splitOnce(part.trim());
    if (name === '') continue;
    const key = name.toLowerCase();
    const values = key === 'no-cache' ? (directives.get(key) ?? new Set()) : new Set<string | true>();
    directives.set(key, values.add(value ?? true));
  }
  return directives;
}

/**
 * Adds directives to the response's `Cache-Control`.
 *
 * A smaller `max-age` that is there already stays; `public` replaces `private` and the other way round.
 * `false` and `undefined` say nothing.
 *
 * Django: `patch_cache_control`.
 */
export function patchCacheControl(headers: HttpHeaders, changes: CacheControlDirectives): void {
  const directives = parseCacheControl(headers.get('Cache-Control'));
  for (const [key, change] of Object.entries(changes) as [string, unknown][]) {
    if (change === undefined || change === false) continue;
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (name === 'public') directives.delete('private');
    if (name === 'private') directives.delete('public');
    directives.set(name, combine(name, directives.get(name), change));
  }
  const parts = Array.from(directives, ([name, values]) => {
    const shown = values.has(true) ? [true] : [...values];
    return shown.map((value) => (value === true ? name : `${name}=${value}`));
  });
  headers.set('Cache-Control', parts.flat().join(', '));
}

/** Returns `max-age` in seconds: `undefined` where there is none, zero where it is no number and so means nothing. */
export function maxAgeOf(headers: HttpHeaders): number | undefined {
  const [value] = parseCacheControl(headers.get('Cache-Control')).get('max-age') ?? [];
  if (value === undefined) return undefined;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
}

function combine(name: string, present: Values | undefined, change: unknown): Values {
  if (name === 'no-cache') return new Set([...(present ?? []), ...([change].flat() as (string | true)[])]);
  if (!TIMES.has(name)) return new Set([change === true ? true : String(change)]);
  let seconds = Math.floor(toSeconds(change as Duration, name));
  const [before] = present ?? [];
  if (name === 'max-age' && typeof before === 'string' && /^\d+$/.test(before))
    seconds = Math.min(seconds, Number(before));
  return new Set([String(seconds)]);
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
