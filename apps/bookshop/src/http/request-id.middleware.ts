import { randomUUID } from 'node:crypto';
import { contextKey, requestContext } from '@nest-quintet/core';
import type { HttpRequest, HttpResponse, Middleware, NextResponse } from '@nest-quintet/middleware';
import { Injectable } from '@nestjs/common';

/** The id under which the logs know this request. */
export const requestId = contextKey<string>('requestId');

/** Gives every request an id, for the logs and for the visitor who reports a problem. */
@Injectable()
export class RequestIdMiddleware implements Middleware {
  async handle(_request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const id = randomUUID();
    requestContext.current()?.set(requestId, id);
    const response = await next();
    response.headers.set('X-Request-Id', id);
    return response;
  }
}
