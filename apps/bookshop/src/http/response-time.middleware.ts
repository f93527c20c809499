import { requestContext } from '@nest-quintet/core';
import type { HttpRequest, HttpResponse, Middleware, NextResponse } from '@nest-quintet/middleware';
import { Injectable, Logger } from '@nestjs/common';
import { requestId } from './request-id.middleware.js';

/** Tells how long a response took to make, in its header and in the log. */
@Injectable()
export class ResponseTimeMiddleware implements Middleware {
  readonly #logger = new Logger('Request');

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const start = performance.now();
    const response = await next();
    const time = `${(performance.now() - start).toFixed(1)}ms`;
    response.headers.set('X-Response-Time', time);
    this.#logger.log(
      `${request.method} ${request.path} ${response.status} ${time} ${requestContext.get(requestId)}`,
    );
    return response;
  }
}
