import { createHash } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpHeaders, HttpResponse } from '@nest-quintet/middleware';
import { maxAgeOf, parseCacheControl } from './cache-control.js';
import { varyOf } from './cached-page.js';
import { patchFreshness } from './response-headers.js';

/** How long a page may be kept, and what it varies on. */
export interface ShelfLife {
  readonly seconds: number;
  /** For how many seconds after that it is good enough while another one is made. */
  readonly grace: number;
  readonly vary: readonly string[];
}

interface Rules {
  readonly timeout: number | undefined;
  readonly defaultTimeout: number;
  readonly grace: number | undefined;
}

const NOT_TO_KEEP = ['private', 'no-store', 'no-cache'];

/**
 * Applies the rules of what may be kept, in Django's order, and completes the headers that say for how long.
 *
 * @returns In a sentence what is against it, where the response must not be kept.
 */
export function shelfLifeOf(response: HttpResponse, rules: Rules): ShelfLife | string {
  const { headers, status } = response;
  if (status !== 200 && status !== 304) return 'its status is not 200';
  // Whatever its Vary, a cookie is for the visitor whom it was made for.
  if (headers.has('Set-Cookie')) return 'the response sets a cookie';
  const directives = parseCacheControl(headers.get('Cache-Control'));
  if (NOT_TO_KEEP.some((name) => directives.has(name)))
    return 'its Cache-Control says private, no-store or no-cache';
  const vary = varyOf(headers);
  if (vary.includes('*')) return 'its Vary is *';
  const maxAge = maxAgeOf(headers);
  if (rules.timeout === undefined && maxAge === 0) return 'its max-age is zero, or no number';
  const seconds = rules.timeout ?? maxAge ?? rules.defaultTimeout;
  patchFreshness(response, seconds);
  if (status !== 200) return 'its status is 304, which has no body';
  if (seconds <= 0) return 'its timeout is zero';
  if (!isSendable(headers)) return 'it has a header that cannot be sent';
  return { seconds, grace: rules.grace ?? staleWhileRevalidate(headers), vary };
}

/** Gives a page an `ETag`, unless it has one, so that a hit can be answered with 304. */
export function addETag({ headers, bytes }: HttpResponse): void {
  if (headers.has('ETag') || bytes.length === 0) return;
  // A tag names bytes, it guards nothing: the shortest digest is good enough.
  headers.set('ETag', `"${createHash('md5').update(bytes).digest('hex')}"`);
}

/** Says whether Node is going to send the headers; what it refuses must not be met again with every hit. */
function isSendable(headers: HttpHeaders): boolean {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      for (const line of [value].flat()) validateHeaderValue(name, line);
    }
    return true;
  } catch {
    return false;
  }
}

/** Says for how many seconds after its time a response is good enough, by its own headers. */
export function staleWhileRevalidate(headers: HttpHeaders): number {
  const [value] = parseCacheControl(headers.get('Cache-Control')).get('stale-while-revalidate') ?? [];
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
}
