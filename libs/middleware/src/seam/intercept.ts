import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Node's own callback of `write()` and `end()`. */
export type WriteCallback = (error?: Error | null) => void;

/** What is given to `writeHead()`. */
export type Head = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Is told, in one spelling, what is written to an intercepted response. */
export interface Receiver {
  write(
    chunk: string | Uint8Array,
    encoding: BufferEncoding | undefined,
    callback: WriteCallback | undefined,
  ): boolean;
  end(
    chunk: string | Uint8Array | null | undefined,
    encoding: BufferEncoding | undefined,
    callback: WriteCallback | undefined,
  ): void;
  writeHead(status: number, reason: unknown, headers: Head | undefined): void;
  flushHeaders(): void;
}

type InterceptedRaw = ServerResponse & { [RECEIVER]: Receiver };

const RECEIVER = Symbol('receiver');

/** Has everything that is written to a response told to somebody else; the functions are the same for every response. */
export function intercept(raw: ServerResponse, receiver: Receiver): void {
  (raw as InterceptedRaw)[RECEIVER] = receiver;
  raw.write = write as ServerResponse['write'];
  raw.end = end as ServerResponse['end'];
  raw.writeHead = writeHead;
  raw.flushHeaders = flushHeaders;
}

/** Says whether somebody has put himself in front of `writeHead()` since (`on-headers`). */
export function isWriteHeadWrapped(raw: ServerResponse): boolean {
  return raw.writeHead !== (writeHead as unknown);
}

function write(
  this: InterceptedRaw,
  chunk: string | Uint8Array,
  encoding?: BufferEncoding | WriteCallback,
  callback?: WriteCallback,
): boolean {
  if (typeof encoding === 'function') return this[RECEIVER].write(chunk, undefined, encoding);
  return this[RECEIVER].write(chunk, encoding ?? undefined, callback);
}

function end(
  this: InterceptedRaw,
  chunk?: string | Uint8Array | null | WriteCallback,
  encoding?: BufferEncoding | null | WriteCallback,
  callback?: WriteCallback,
): InterceptedRaw {
  if (typeof chunk === 'function') this[RECEIVER].end(null, undefined, chunk);
  else if (typeof encoding === 'function') this[RECEIVER].end(chunk, undefined, encoding);
  else this[RECEIVER].end(chunk, encoding ?? undefined, callback ?? undefined);
  return this;
}

function writeHead(this: InterceptedRaw, status: number, reason?: unknown, headers?: Head): InterceptedRaw {
  this[RECEIVER].writeHead(status, reason, headers);
  return this;
}

function flushHeaders(this: InterceptedRaw): void {
  this[RECEIVER].flushHeaders();
}
