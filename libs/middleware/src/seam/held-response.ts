import { AsyncResource } from 'node:async_hooks';
import { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { HeaderValue } from '../http/http-headers.js';
import { HttpResponse } from '../http/http-response.js';
import { InnerBody } from './inner-body.js';
import { type Head, intercept, isWriteHeadWrapped, type Receiver, type WriteCallback } from './intercept.js';
import { RawHeaders } from './raw-headers.js';
import { type Originals, originalsOf, pretendSent, stopPretending } from './raw-response.js';
import { writeResponse } from './write-response.js';

/**
 * Where a response stands. `open`: nothing written; `complete`: ended, held; `streaming`: being written to a body
 * that somebody else sends; `passing`: on its way, Node decides; `discarded`: another response went out instead.
 */
type State = 'open' | 'complete' | 'streaming' | 'passing' | 'discarded';

/**
 * Stands in front of Node's response: what the inner part writes stays here until somebody releases it.
 *
 * Bytes are handed out complete; a stream is handed out at its first write, before any of it has left. Express and
 * Fastify both end in the four methods that are replaced here.
 */
export class HeldResponse implements Receiver {
  readonly originals: Originals;
  #state: State = 'open';
  #isReleased = false;
  #status: number | undefined;
  #statusText: string | undefined;
  #head: Head | undefined;
  #made: HttpResponse | undefined;
  #stream: InnerBody | undefined;
  #callback: WriteCallback | undefined;

  /** @param onMade Is told the response that the inner part made, once. */
  private constructor(
    readonly raw: ServerResponse,
    readonly onMade: (response: HttpResponse) => void,
  ) {
    this.originals = originalsOf(raw);
    intercept(raw, this);
  }

  /** Holds a response from now on. */
  static hold(raw: ServerResponse, onMade: (response: HttpResponse) => void): HeldResponse {
    return new HeldResponse(raw, onMade);
  }

  /** Says whether the inner part has made its response. */
  get isMade(): boolean {
    return this.#made !== undefined;
  }

  /** Takes a finished response in place of what would be written to the raw one. */
  respond(response: HttpResponse): void {
    if (this.#state !== 'open') return;
    for (const name of this.raw.getHeaderNames()) {
      response.headers.setDefault(name, this.raw.getHeader(name) as HeaderValue);
    }
    this.#state = 'complete';
    pretendSent(this.raw, true);
    this.#hand(response);
  }

  /** Sends a response: the one that was made, changed or not, or another one. */
  release(response: HttpResponse): void {
    const stream = this.#stream;
    if (this.raw.destroyed) return this.#drop(response);
    const isOwn = response === this.#made;
    const isDirect = stream !== undefined && isOwn && response.body === stream && stream.isUntouched;
    this.#isReleased = true;
    stopPretending(this.raw);
    if (response.isStreaming) this.#keepContext();
    const before = this.#state;
    // Node calls `writeHead()` from within `end()`: from here on it must reach Node.
    this.#state = 'passing';
    try {
      writeResponse(this, response, {
        isOwn,
        head: isOwn ? this.#head : undefined,
        callback: this.#callback,
      });
    } catch (error) {
      // Node has refused a header and nothing has left: what the inner part writes meanwhile must not leave either.
      this.#state = before;
      this.#isReleased = false;
      if (!this.raw.headersSent) pretendSent(this.raw, before === 'complete');
      throw error;
    }
    if (isDirect) this.#passOn(stream);
    else if (before !== 'complete') this.#state = isOwn && stream !== undefined ? 'streaming' : 'discarded';
    if (stream !== undefined && !isOwn) stream.destroy();
  }

  /** Lets go of a client that has gone: whoever still waits for a part of the body learns that there is no more. */
  abandon(): void {
    this.#stream?.destroy();
  }

  write(
    chunk: string | Uint8Array,
    encoding: BufferEncoding | undefined,
    callback: WriteCallback | undefined,
  ): boolean {
    if (this.#state === 'open') this.#startStream();
    switch (this.#state) {
      case 'streaming':
        return this.#stream!.accept(chunk, encoding, callback);
      case 'discarded':
        if (callback !== undefined) process.nextTick(callback);
        return true;
      default:
        if (this.#isIgnored()) return true;
        return this.originals.write.call(this.raw, chunk, encoding, callback);
    }
  }

  end(
    chunk: string | Uint8Array | null | undefined,
    encoding: BufferEncoding | undefined,
    callback: WriteCallback | undefined,
  ): void {
    switch (this.#state) {
      case 'open':
        this.#implyHead();
        this.#callback = callback;
        this.#state = 'complete';
        pretendSent(this.raw, true);
        this.#hand(this.#make(asBytes(chunk, encoding)));
        break;
      case 'streaming':
        if (chunk !== null && chunk !== undefined) this.#stream!.accept(chunk, encoding, undefined);
        if (!this.#isReleased) pretendSent(this.raw, true);
        if (callback !== undefined) this.raw.once('finish', callback);
        this.#stream!.finish();
        break;
      case 'discarded':
        if (callback !== undefined) process.nextTick(callback);
        break;
      default:
        if (!this.#isIgnored()) this.originals.end.call(this.raw, chunk, encoding, callback);
    }
  }

  writeHead(status: number, reason: unknown, headers: Head | undefined): void {
    if (this.#state === 'open' && !this.raw.headersSent) {
      this.#status = status;
      if (typeof reason === 'string') this.#statusText = reason;
      else headers ??= reason as Head | undefined;
      this.#head = headers;
      pretendSent(this.raw, false);
    } else if (this.#state !== 'discarded' && !this.#isIgnored()) {
      this.originals.writeHead.call(this.raw, status, reason, headers);
    }
  }

  flushHeaders(): void {
    if (this.#state === 'open') this.#startStream();
    else if (this.#state === 'passing') this.originals.flushHeaders.call(this.raw);
  }

  #startStream(): void {
    this.#implyHead();
    this.#state = 'streaming';
    pretendSent(this.raw, false);
    this.#stream = new InnerBody(() => this.raw.emit('drain'));
    this.#hand(this.#make(this.#stream));
  }

  /** Calls `writeHead()` as Node would, for those who have put themselves in front of it to be told (`on-headers`). */
  #implyHead(): void {
    if (isWriteHeadWrapped(this.raw) && !this.raw.headersSent) this.raw.writeHead(this.raw.statusCode);
  }

  #make(body: string | Uint8Array | InnerBody | null): HttpResponse {
    return new HttpResponse(body, {
      status: this.#status ?? this.raw.statusCode,
      statusText: this.#statusText ?? statusTextOf(this.raw),
      headers: new RawHeaders(this.raw, this.#head),
    });
  }

  #hand(response: HttpResponse): void {
    this.#made = response;
    this.onMade(response);
  }

  /** Lets everything go that was to be sent to a client that is no longer there. */
  #drop(response: HttpResponse): void {
    this.#state = 'discarded';
    this.#stream?.destroy();
    const { body } = response;
    if (body instanceof Readable) body.destroy();
  }

  /** Sends what was written so far and lets the rest pass without a detour. */
  #passOn(stream: InnerBody): void {
    const { raw, originals } = this;
    const { mayContinue, hasEnded, isEmpty } = stream.drainTo((data, encoding, callback) =>
      originals.write.call(raw, data, encoding, callback),
    );
    if (hasEnded) originals.end.call(raw, null, 'utf8');
    else if (isEmpty) originals.flushHeaders.call(raw);
    else if (mayContinue) process.nextTick(() => raw.emit('drain'));
  }

  /** Lets whoever is told `drain`, `close` or `finish` find the request's context, as it would be told from the socket's. */
  #keepContext(): void {
    const scope = new AsyncResource('HttpResponse');
    const { raw } = this;
    const emit = raw.emit;
    raw.emit = (...args: Parameters<typeof emit>) => scope.runInAsyncScope(emit, raw, ...args);
  }

  /** HTTP/2 cannot be made to believe that its head is out, so that its second answers are dropped here. */
  #isIgnored(): boolean {
    return this.#state === 'complete' && !(this.raw instanceof ServerResponse);
  }
}

/** HTTP/2 has none and warns whoever asks. */
function statusTextOf(raw: ServerResponse): string | undefined {
  return (raw instanceof ServerResponse && raw.statusMessage) || undefined;
}

function asBytes(
  chunk: string | Uint8Array | null | undefined,
  encoding: BufferEncoding | undefined,
): string | Uint8Array | null {
  if (chunk === null || chunk === undefined) return null;
  const isUtf8 = encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8';
  return typeof chunk === 'string' && !isUtf8 ? Buffer.from(chunk, encoding) : chunk;
}
