import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * Node's response with the two fields by which it knows that its head and its end are out.
 *
 * Both have been plain fields since Node's first releases; HTTP/2's compatible response has neither.
 */
export type RawResponse = Pick<ServerResponse, 'req'> & { _header: string | null; finished: boolean };

type Callback = (error?: Error | null) => void;

/** The methods of a raw response that a hold stands in front of. */
export interface Originals {
  readonly write: (chunk: string | Uint8Array, encoding?: BufferEncoding, callback?: Callback) => boolean;
  readonly end: (
    chunk?: string | Uint8Array | null,
    encoding?: BufferEncoding,
    callback?: Callback,
  ) => unknown;
  readonly writeHead: (
    status: number,
    reason: unknown,
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ) => unknown;
  readonly flushHeaders: () => void;
}

/** Returns the methods as they are now. */
export function originalsOf(raw: ServerResponse): Originals {
  const { write, end, writeHead, flushHeaders } = raw as unknown as Originals;
  return { write, end, writeHead, flushHeaders };
}

const HEAD_IS_HELD = 'held';

/**
 * Makes Node believe that the response's head (and, with `ended`, its end) has left.
 *
 * `headersSent` and `writableEnded` then tell the truth from the handler's point of view, and a later `setHeader()`
 * is refused as ever, while in fact everything is still here.
 */
export function pretendSent(raw: ServerResponse, ended: boolean): void {
  if (!(raw instanceof ServerResponse)) return;
  const fields = raw as unknown as RawResponse;
  fields._header = HEAD_IS_HELD;
  if (ended) fields.finished = true;
}

/** Takes {@link pretendSent} back, so that the response can really be sent. */
export function stopPretending(raw: ServerResponse): void {
  if (!(raw instanceof ServerResponse)) return;
  const fields = raw as unknown as RawResponse;
  if (fields._header !== HEAD_IS_HELD) return;
  fields._header = null;
  fields.finished = false;
}
