import type { IncomingMessage } from 'node:http';
import { Injectable, PayloadTooLargeException } from '@nestjs/common';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';

export interface BodyLimitOptions {
  /** Bytes; 2.5 MB when left out, as in Django. Django: `DATA_UPLOAD_MAX_MEMORY_SIZE`. */
  dataUploadMaxMemorySize?: number;
}

/**
 * Refuses a body that is too long with 413, before any of it is read where it says how long it is.
 *
 * A body that does not say so is read up to the limit: whoever reads it gets the error in place of the rest.
 */
@Injectable()
export class BodyLimitMiddleware implements Middleware {
  readonly #limit: number;

  constructor(@MiddlewareOptions() { dataUploadMaxMemorySize = 2_621_440 }: BodyLimitOptions = {}) {
    this.#limit = dataUploadMaxMemorySize;
  }

  handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    if (Number(request.header('content-length') ?? 0) > this.#limit) throw new PayloadTooLargeException();
    if (request.header('transfer-encoding') !== undefined) limit(request.raw, this.#limit);
    return next();
  }
}

/** Lets so many bytes of a body through. Nobody reads yet: the bytes are counted where Node's parser hands them in. */
function limit(incoming: IncomingMessage, bytes: number): void {
  let room = bytes;
  const { push } = incoming;
  incoming.push = (chunk: Uint8Array | null, encoding?: BufferEncoding) => {
    const wasWithin = room >= 0;
    room -= chunk?.length ?? 0;
    if (room >= 0 || chunk === null) return push.call(incoming, chunk, encoding);
    if (wasWithin) fail(incoming, new PayloadTooLargeException());
    return true;
  };
}

function fail(incoming: IncomingMessage, error: Error): void {
  // Destroying it takes the connection with it, so that a parser that waits for errors could not answer any more.
  if (incoming.listenerCount('error') > 0) incoming.emit('error', error);
  else incoming.destroy(error);
}
