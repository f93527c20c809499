import { HttpException, Injectable, PayloadTooLargeException } from '@nestjs/common';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';

export interface BodyLimitOptions {
  /** Bytes; 2.5 MB when left out, as in Django. Django: `DATA_UPLOAD_MAX_MEMORY_SIZE`. */
  dataUploadMaxMemorySize?: number;
}

/**
 * Refuses a body that is too long with 413 before any of it is read.
 *
 * A body that does not say how long it is gets a 411.
 */
@Injectable()
export class BodyLimitMiddleware implements Middleware {
  readonly #limit: number;

  constructor(@MiddlewareOptions() { dataUploadMaxMemorySize = 2_621_440 }: BodyLimitOptions = {}) {
    this.#limit = dataUploadMaxMemorySize;
  }

  handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    if (request.header('transfer-encoding') !== undefined) throw new HttpException('Length Required', 411);
    if (Number(request.header('content-length') ?? 0) > this.#limit) throw new PayloadTooLargeException();
    return next();
  }
}
