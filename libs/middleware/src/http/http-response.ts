import { Readable } from 'node:stream';
import { HttpHeaders, type HeadersInit } from './http-headers.js';
import { PEEK } from './peek.js';

/** What a response's body can be set to; bytes and text are sent in one go, a stream as it comes. */
export type HttpBody = string | Uint8Array | Readable | null;

export interface HttpResponseInit {
  /** 200 when left out. */
  status?: number;
  /** The reason phrase; Node's own for the status when left out. */
  statusText?: string;
  headers?: HeadersInit;
}

const EMPTY = Buffer.alloc(0);

/**
 * Holds a response between the moment it was made and the moment it leaves.
 *
 * A handler or an interceptor may return one: it is written as it is, and Nest serialises nothing.
 *
 * @example
 * HttpResponse.json({ ok: true }, { status: 201 });
 * HttpResponse.bytes(stored.body, { status: 200, headers: stored.headers });
 *
 * Django: `HttpResponse` and `StreamingHttpResponse`.
 */
export class HttpResponse {
  status: number;
  statusText: string | undefined;
  readonly #init: HeadersInit | undefined;
  #headers: HttpHeaders | undefined;
  #body: string | Buffer | Readable;

  constructor(body: HttpBody = null, init: HttpResponseInit = {}) {
    this.status = init.status ?? 200;
    this.statusText = init.statusText;
    this.#init = init.headers;
    this.#body = asBody(body);
  }

  /** Makes a plain text response. */
  static text(text: string, init?: HttpResponseInit): HttpResponse {
    return withType(new HttpResponse(text, init), 'text/plain; charset=utf-8');
  }

  /** Makes an HTML response. */
  static html(html: string, init?: HttpResponseInit): HttpResponse {
    return withType(new HttpResponse(html, init), 'text/html; charset=utf-8');
  }

  /** Makes a JSON response. */
  static json(value: unknown, init?: HttpResponseInit): HttpResponse {
    return withType(new HttpResponse(JSON.stringify(value), init), 'application/json; charset=utf-8');
  }

  /** Makes a response of finished bytes; nothing of them is looked at or copied. */
  static bytes(bytes: Uint8Array, init?: HttpResponseInit): HttpResponse {
    return new HttpResponse(bytes, init);
  }

  /** Makes a response that is sent as the stream delivers it. */
  static stream(stream: Readable, init?: HttpResponseInit): HttpResponse {
    return new HttpResponse(stream, init);
  }

  /** Makes a response without a body that sends the browser elsewhere; 302 unless told otherwise. */
  static redirect(location: string, init?: HttpResponseInit): HttpResponse {
    const response = new HttpResponse(null, { status: 302, ...init });
    response.headers.set('Location', location);
    return response;
  }

  get headers(): HttpHeaders {
    return (this.#headers ??= new HttpHeaders(this.#init));
  }

  /** Says whether the body is a stream: it has not started, has no known length and must not be collected. */
  get isStreaming(): boolean {
    return this.#body instanceof Readable;
  }

  /** The body: bytes, or the stream. Setting it drops what was computed of the old one: `Content-Length` and `ETag`. */
  get body(): Buffer | Readable {
    if (typeof this.#body === 'string') this.#body = Buffer.from(this.#body);
    return this.#body;
  }

  set body(body: HttpBody) {
    this.#body = asBody(body);
    this.headers.delete('Content-Length');
    this.headers.delete('ETag');
  }

  /**
   * The body's bytes.
   *
   * @throws TypeError when the response is streaming.
   */
  get bytes(): Buffer {
    const body = this.body;
    if (body instanceof Readable) {
      throw new TypeError(
        'A streaming response has no bytes: look at isStreaming first, or wrap response.body.',
      );
    }
    return body;
  }

  /** Shows what is here without making anything of it. @internal */
  [PEEK](): { headers: HttpHeaders | undefined; body: string | Buffer | Readable } {
    return { headers: this.#headers, body: this.#body };
  }

  /** The body as text, read as UTF-8. */
  get text(): string {
    return this.bytes.toString('utf8');
  }
}

function asBody(body: HttpBody): string | Buffer | Readable {
  if (body === null) return EMPTY;
  if (typeof body === 'string' || body instanceof Readable || Buffer.isBuffer(body)) return body;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

function withType(response: HttpResponse, type: string): HttpResponse {
  response.headers.setDefault('Content-Type', type);
  return response;
}
