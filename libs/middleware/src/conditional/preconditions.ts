import type { HttpRequest } from '../http/http-request.js';
import { HttpResponse } from '../http/http-response.js';

/** What is known of the resource that a request is about. */
export interface Validators {
  etag?: string | null | undefined;
  lastModified?: Date | null | undefined;
}

const ETAG = /^(?:W\/)?"[^"]*"$/;
/** The headers that a 304 must have as the 200 would have had them. */
const KEPT_BY_304 = [
  'Cache-Control',
  'Content-Location',
  'Date',
  'ETag',
  'Expires',
  'Last-Modified',
  'Vary',
  'Set-Cookie',
];

/**
 * Answers a conditional request: a 304 or a 412, or `undefined` when the resource itself is to be sent.
 *
 * The conditions are looked at in the order of RFC 9110, section 13.2.2. Django: `get_conditional_response`.
 *
 * @param response The full response, whose headers a 304 keeps.
 */
export function answerConditionally(
  request: HttpRequest,
  { etag, lastModified }: Validators,
  response?: HttpResponse,
): HttpResponse | undefined {
  const ifMatch = parseETags(request.header('if-match'));
  const ifNoneMatch = parseETags(request.header('if-none-match'));
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (ifMatch.length > 0) {
    if (!matchesStrongly(etag, ifMatch)) return preconditionFailed();
  } else {
    const since = parseDate(request.header('if-unmodified-since'));
    if (since !== undefined && !(lastModified && inSeconds(lastModified) <= since))
      return preconditionFailed();
  }
  if (ifNoneMatch.length > 0) {
    if (matchesWeakly(etag, ifNoneMatch)) return isRead ? notModified(response) : preconditionFailed();
  } else if (isRead) {
    const since = parseDate(request.header('if-modified-since'));
    if (since !== undefined && lastModified && inSeconds(lastModified) <= since) return notModified(response);
  }
  return undefined;
}

/** Puts an entity tag into quotes unless it is in quotes already. Django: `quote_etag`. */
export function quoteETag(etag: string): string {
  return ETAG.test(etag) ? etag : `"${etag}"`;
}

/** Reads a header's date; `undefined` for anything else. */
export function readDate(text: string | undefined): Date | undefined {
  const seconds = parseDate(text);
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}

function parseETags(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  if (header.trim() === '*') return ['*'];
  return header
    .split(',')
    .map((etag) => etag.trim())
    .filter((etag) => ETAG.test(etag));
}

function parseDate(text: string | undefined): number | undefined {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

function inSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function matchesStrongly(etag: string | null | undefined, given: readonly string[]): boolean {
  if (!etag) return false;
  return given[0] === '*' || (!etag.startsWith('W/') && given.includes(etag));
}

function matchesWeakly(etag: string | null | undefined, given: readonly string[]): boolean {
  if (!etag) return false;
  return given[0] === '*' || given.some((other) => opaque(other) === opaque(etag));
}

function opaque(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag;
}

function preconditionFailed(): HttpResponse {
  return new HttpResponse(null, { status: 412 });
}

function notModified(response: HttpResponse | undefined): HttpResponse {
  const answer = new HttpResponse(null, { status: 304 });
  for (const name of response === undefined ? [] : KEPT_BY_304) {
    const lines = response!.headers.getAll(name);
    if (lines.length > 0) answer.headers.set(name, lines.length === 1 ? lines[0]! : lines);
  }
  return answer;
}
