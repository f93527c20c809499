import { HttpHeaders, HttpResponse, readDate } from '@nest-quintet/middleware';
import type { ValueType } from '../values/value-type.js';
import { maxAgeOf } from './cache-control.js';

export type HeaderLine = readonly [name: string, value: string | readonly string[]];

interface PageData {
  status: number;
  headers: [string, string | string[]][];
  body: Buffer;
  freshUntil: number;
}

/** What a page's headers say, read once. */
interface PageFacts {
  readonly etag: string | undefined;
  readonly lastModified: Date | undefined;
  /** The second since 1970 at which the page was new, by its own headers. */
  readonly bornAt: number | undefined;
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

/** What a header that was there before the handler must not hide from the page. */
const ALWAYS_KEPT = new Set(['vary', 'content-length']);

/** A finished response as it is kept: status, headers and bytes. It never changes. */
export class CachedPage {
  #facts: PageFacts | undefined;

  constructor(
    readonly status: number,
    readonly headers: readonly HeaderLine[],
    readonly body: Buffer,
    /** The millisecond since 1970 from which on the page is only good enough while another one is made. */
    readonly freshUntil: number,
  ) {}

  /**
   * Keeps a response.
   *
   * @param body The bytes; they may belong to somebody who writes into them again.
   * @param outer Headers that were there before the handler ran: whoever set them sets them for a hit as well.
   */
  static of(
    response: HttpResponse,
    body: Uint8Array,
    freshUntil: number,
    outer: Readonly<Record<string, unknown>>,
  ): CachedPage {
    const headers = [...response.headers].filter(([name, value]) => {
      const key = name.toLowerCase();
      return !FLEETING.has(key) && (ALWAYS_KEPT.has(key) || outer[key] !== value);
    });
    return new CachedPage(response.status, headers, Buffer.from(body), freshUntil);
  }

  get isFresh(): boolean {
    return this.freshUntil > Date.now();
  }

  get facts(): PageFacts {
    return (this.#facts ??= readFacts(new HttpHeaders(this.headers)));
  }

  /** For how many seconds the page has been kept, by its own headers. */
  get age(): number | undefined {
    const { bornAt } = this.facts;
    return bornAt === undefined ? undefined : Math.max(0, Math.floor(Date.now() / 1000) - bornAt);
  }

  toResponse(): HttpResponse {
    return HttpResponse.bytes(this.body, { status: this.status, headers: this.headers });
  }
}

function readFacts(headers: HttpHeaders): PageFacts {
  const maxAge = maxAgeOf(headers);
  const expires = Date.parse(headers.get('Expires') ?? '');
  return {
    etag: headers.get('ETag'),
    lastModified: readDate(headers.get('Last-Modified')),
    bornAt: maxAge === undefined || Number.isNaN(expires) ? undefined : Math.floor(expires / 1000) - maxAge,
  };
}

export const pageType: ValueType<CachedPage, PageData> = {
  name: 'Page',
  is: (value) => value instanceof CachedPage,
  toData: ({ status, headers, body, freshUntil }) => ({
    status,
    headers: headers.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    body,
    freshUntil,
  }),
  fromData: ({ status, headers, body, freshUntil }) => new CachedPage(status, headers, body, freshUntil),
  isImmutable: true,
};

/** Names what a response depends on, in lower case; `['*']` for "anything". */
export function varyOf(headers: HttpHeaders): string[] {
  const names = (headers.get('Vary') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return [...new Set(names.filter((name) => name !== ''))].sort();
}
