import { createHash } from 'node:crypto';
import type { PageRequest } from './page-request.js';

export interface PageKeyOptions {
  readonly keyPrefix: string;
  /** The query parameters that make a difference; absent, the query as it arrived does. */
  readonly query?: readonly string[];
}

/**
 * Makes the key of what is known of an address: which headers its page varies on.
 *
 * Everything that tells two addresses apart is hashed as one list, so that no separator can be imitated.
 */
export function addressKey(
  request: PageRequest,
  method: string,
  { keyPrefix, query }: PageKeyOptions,
): string {
  const { scheme, hosts, url, language } = request;
  const address = query
    ? [pathOf(url), query.map((name) => request.query[name] ?? null)]
    : [url.endsWith('?') ? url.slice(0, -1) : url];
  return `page:${method}:${hash([keyPrefix, scheme, hosts, language ?? null, address])}`;
}

/**
 * Makes the key of one variant of a page: its address, and the values of the headers it varies on.
 *
 * The address has the language that was chosen; what it was chosen from makes no difference then.
 */
export function variantKey(
  address: string,
  vary: readonly string[],
  { headers, language }: PageRequest,
): string {
  const names = language === undefined ? vary : vary.filter((name) => name !== 'accept-language');
  return `${address}:${hash(names.map((name) => [name, headers[name] ?? null]))}`;
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function hash(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
