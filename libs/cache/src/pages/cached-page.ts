import { HttpResponse, type HttpHeaders } from '@nest-quintet/middleware';
import type { ValueType } from '../values/value-type.js';

type HeaderLine = readonly [name: string, value: string | readonly string[]];

interface PageData {
  status: number;
  headers: [string, string | string[]][];
  body: Buffer;
}

/** Headers that belong to one connection or one moment, not to the page. */
const FLEETING = new Set([
  'age',
  'connection',
  'date',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A finished response as it is kept: status, headers and bytes. It never changes. */
export class CachedPage {
  constructor(
    readonly status: number,
    readonly headers: readonly HeaderLine[],
    readonly body: Buffer,
  ) {}

  /**
   * Keeps a response.
   *
   * @param outer Headers that were there before the handler ran: whoever set them sets them for a hit as well.
   */
  static of(response: HttpResponse, outer: Readonly<Record<string, unknown>>): CachedPage {
    const headers = [...response.headers].filter(([name, value]) => {
      const key = name.toLowerCase();
      return !FLEETING.has(key) && (key === 'vary' || outer[key] !== value);
    });
    // The bytes may belong to somebody who writes into them again.
    return new CachedPage(response.status, headers, Buffer.from(response.bytes));
  }

  toResponse(): HttpResponse {
    return HttpResponse.bytes(this.body, {
      status: this.status,
      headers: this.headers as Iterable<HeaderLine>,
    });
  }
}

export const pageType: ValueType<CachedPage, PageData> = {
  name: 'Page',
  is: (value) => value instanceof CachedPage,
  toData: ({ status, headers, body }) => ({
    status,
    headers: headers.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    body,
  }),
  fromData: ({ status, headers, body }) => new CachedPage(status, headers, body),
  isImmutable: true,
};

/** Names what a response depends on, in lower case; `['*']` for "anything". */
export function varyOf(headers: HttpHeaders): string[] {
  const names = (headers.get('Vary') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return [...new Set(names.filter((name) => name !== ''))].sort();
}
