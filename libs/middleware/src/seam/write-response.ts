import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline, Readable, Writable } from 'node:stream';
import type { HttpHeaders } from '../http/http-headers.js';
import type { HttpResponse } from '../http/http-response.js';
import { PEEK } from '../http/peek.js';
import { InnerBody } from './inner-body.js';
import type { Originals } from './raw-response.js';

export interface WriteOptions {
  /** The response was made of this raw one, whose headers are therefore already there. */
  isOwn: boolean;
  /** What the inner part gave to `writeHead()`. */
  head: OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined;
  callback: ((error?: Error | null) => void) | undefined;
}

const NOT_OWN: WriteOptions = { isOwn: false, head: undefined, callback: undefined };

/**
 * Writes a response to Node in one go; a stream is written as it comes.
 *
 * The body that an inner part is still writing is left to the caller when nobody has touched it.
 */
export function writeResponse(
  { raw, originals }: { raw: ServerResponse; originals: Originals },
  response: HttpResponse,
  { isOwn, head, callback }: WriteOptions = NOT_OWN,
): void {
  const { headers, body } = response[PEEK]();
  if (isOwn && headers === undefined) {
    if (head !== undefined) originals.writeHead.call(raw, response.status, response.statusText, head);
    else writeStatus(raw, response);
  } else {
    writeHeaders(raw, response, body);
    writeStatus(raw, response);
  }
  if (body instanceof Readable) {
    if (isOwn && body instanceof InnerBody && body.isUntouched) return;
    if (!hasBody(raw, response.status)) body.destroy();
    else return pump(body, raw, originals);
    originals.end.call(raw, null, 'utf8');
  } else {
    originals.end.call(raw, body.length === 0 ? null : body, 'utf8', callback);
  }
}

function writeStatus(raw: ServerResponse, response: HttpResponse): void {
  raw.statusCode = response.status;
  // An empty one makes Node take its own for the status; HTTP/2 has none and warns of it.
  if (raw instanceof ServerResponse) raw.statusMessage = response.statusText ?? '';
}

function writeHeaders(raw: ServerResponse, response: HttpResponse, body: string | Buffer | Readable): void {
  const headers = response.headers;
  completeLength(raw, response.status, headers, body);
  for (const name of raw.getHeaderNames()) if (!headers.has(name)) raw.removeHeader(name);
  for (const [name, value] of headers) {
    if (raw.getHeader(name) !== value) raw.setHeader(name, value);
  }
}

/** Says how long the body is, whatever was said before: a wrong length breaks the connection. */
function completeLength(
  raw: ServerResponse,
  status: number,
  headers: HttpHeaders,
  body: string | Buffer | Readable,
): void {
  if (body instanceof Readable || status < 200 || status === 204 || status === 304) return;
  if (headers.has('Transfer-Encoding')) return;
  // An answer to HEAD may have the length of what GET would have sent.
  if (raw.req.method === 'HEAD' && body.length === 0 && headers.has('Content-Length')) return;
  headers.set('Content-Length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.length));
}

function hasBody(raw: ServerResponse, status: number): boolean {
  return raw.req.method !== 'HEAD' && status !== 204 && status !== 304;
}

/** Sends a stream at the client's pace, and stops reading it when the client has gone. */
function pump(body: Readable, raw: ServerResponse, originals: Originals): void {
  originals.flushHeaders.call(raw);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (originals.write.call(raw, chunk, 'utf8')) done();
      else raw.once('drain', done);
    },
    final(done) {
      originals.end.call(raw, null, 'utf8');
      done();
    },
  });
  raw.once('close', () => sink.destroy());
  pipeline(body, sink, (error) => {
    // The head is out: cutting the connection is the only way left to say that something is missing.
    if (error && !raw.writableEnded) raw.destroy();
  });
}
