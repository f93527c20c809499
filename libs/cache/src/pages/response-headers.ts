import type { HttpHeaders, HttpResponse } from '@nest-quintet/middleware';
import { maxAgeOf, patchCacheControl } from './cache-control.js';

/** Says for how many seconds a response may be reused: `Expires` unless it is there, and `max-age`. */
export function patchFreshness(response: HttpResponse, seconds: number): void {
  const whole = Math.max(0, Math.floor(seconds));
  response.headers.setDefault('Expires', new Date(Date.now() + whole * 1000).toUTCString());
  patchCacheControl(response.headers, { maxAge: whole });
}

/** Says that nobody may reuse a response. Django: `add_never_cache_headers`. */
export function addNeverCache(response: HttpResponse): void {
  patchFreshness(response, 0);
  patchCacheControl(response.headers, { noCache: true, noStore: true, mustRevalidate: true, private: true });
}

/** Returns how many seconds of a stored response's time have gone, by its own headers. */
export function ageOf(headers: HttpHeaders): number | undefined {
  const maxAge = maxAgeOf(headers);
  const expires = Date.parse(headers.get('Expires') ?? '');
  if (maxAge === undefined || Number.isNaN(expires)) return undefined;
  return Math.max(0, maxAge - (Math.floor(expires / 1000) - Math.floor(Date.now() / 1000)));
}
