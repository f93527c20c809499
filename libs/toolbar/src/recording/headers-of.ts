import { isSecretName, MASK, maskQuery } from '../masking.js';
import { shorten } from './shorten.js';

/** Headers as they are kept: one line each, secrets masked, nothing longer than is read. */
export function headersOf(
  headers: Iterable<readonly [name: string, value: unknown]>,
): (readonly [name: string, value: string])[] {
  return Array.from(headers, ([name, value]) => [name, shorten(valueOf(name, value), 2_000)] as const);
}

function valueOf(name: string, value: unknown): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  if (/^(set-)?cookie$/i.test(name)) return maskCookies(text);
  if (isSecretName(name)) return MASK;
  return /^(referer|location)$/i.test(name) ? maskQuery(text) : text;
}

/** Keeps the names of cookies and what is said about them. */
function maskCookies(text: string): string {
  const attributes = /^(expires|max-age|path|domain|secure|httponly|samesite|priority|partitioned)$/i;
  return text.replace(/([^=;,\s]+)=([^;,]*)/g, (whole, name: string) =>
    attributes.test(name) ? whole : `${name}=${MASK}`,
  );
}
