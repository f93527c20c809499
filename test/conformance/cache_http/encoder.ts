import { gunzipSync } from 'node:zlib';
import type { Answer } from './browser.js';
import type { HttpObservation } from './http-case.js';

const ERROR_PAGE = '<default error page>';
/** The longest body that was recorded as it is. */
const LONGEST = 200;

/** Encodes answers as they were recorded. */
export class Encoder {
  /** @param names The headers that were recorded of any case; the others belong to the platforms. */
  constructor(private readonly names: ReadonlySet<string>) {}

  encode(
    { status, headers, body }: Answer,
    expected: HttpObservation | undefined,
  ): Omit<HttpObservation, 'view_ran'> {
    const shown = [...this.names]
      // A server counts the bytes of every answer; it means something where Django's middleware does it.
      .filter((name) => name !== 'Content-Length' || expected?.headers['Content-Length'] !== undefined)
      .filter((name) => headers[name.toLowerCase()] !== undefined)
      .map((name) => [name, String(headers[name.toLowerCase()])]);
    const isCompressed = headers['content-encoding'] === 'gzip';
    return {
      status,
      headers: Object.fromEntries(shown) as Record<string, string>,
      ...(isCompressed ? compressed(body) : { body: textOf(status, body) }),
      ...(headers['transfer-encoding'] === 'chunked' ? { streaming: true } : {}),
      ...(headers['set-cookie'] ? { set_cookie: headers['set-cookie'] } : {}),
    };
  }
}

function compressed(body: Buffer) {
  const plain = gunzipSync(body);
  return { gzip_decodes_to_length: plain.length, shorter_than_plain: body.length < plain.length };
}

function textOf(status: number, body: Buffer): string {
  const text = body.toString();
  if (status >= 400 && /^\{"(statusCode|message)"/.test(text)) return ERROR_PAGE;
  const { length } = Array.from(text);
  return length > LONGEST ? `<${length} chars>` : text;
}
