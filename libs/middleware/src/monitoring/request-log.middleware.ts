import { Injectable, Logger } from '@nestjs/common';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { requestId } from './request-id.middleware.js';

/** Is what is logged of a request. */
export interface RequestLogLine {
  method: string;
  path: string;
  status: number;
  /** The body's length; `undefined` for a stream of unknown length. */
  bytes: number | undefined;
  /** Milliseconds until the response was made. */
  ms: number;
  requestId: string | undefined;
}

/** Logs one structured line per request through Nest's logger: a failure as an error, a refusal as a warning. */
@Injectable()
export class RequestLogMiddleware implements Middleware {
  readonly #logger = new Logger('Request');

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const start = performance.now();
    // The URL may be changed further in; what is logged is what was asked for.
    const { method, path } = request;
    const response = await next();
    const { status } = response;
    const line: RequestLogLine = {
      method,
      path,
      status,
      bytes: lengthOf(response),
      ms: Math.round((performance.now() - start) * 10) / 10,
      requestId: requestId(),
    };
    if (status >= 500) this.#logger.error(line);
    else if (status >= 400) this.#logger.warn(line);
    else this.#logger.log(line);
    return response;
  }
}

function lengthOf(response: HttpResponse): number | undefined {
  if (!response.isStreaming) return response.bytes.length;
  const length = response.headers.get('Content-Length');
  return length === undefined ? undefined : Number(length);
}
