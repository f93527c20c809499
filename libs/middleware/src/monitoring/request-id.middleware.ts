import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { contextKey, requestContext } from '@nest-quintet/core';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';

const slot = contextKey<string>('middleware.requestId', { isPassive: true });
/** What may go into a log line and a header without a second look. */
const HARMLESS = /^[\w.:+/=-]{1,128}$/;

export interface RequestIdOptions {
  /** `'X-Request-Id'` when left out. */
  headerName?: string;
  /** Keeps the id that a proxy has given; only behind one that sets it. */
  trustIncoming?: boolean;
}

/** Returns the id of the current request; `undefined` outside of one. */
export function requestId(): string | undefined {
  return requestContext.get(slot);
}

/** Gives every request an id, for the client and the logs. */
@Injectable()
export class RequestIdMiddleware implements Middleware {
  readonly #header: string;
  readonly #trusts: boolean;

  constructor(
    @MiddlewareOptions() { headerName = 'X-Request-Id', trustIncoming = false }: RequestIdOptions = {},
  ) {
    this.#header = headerName;
    this.#trusts = trustIncoming;
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const given = this.#trusts ? request.header(this.#header) : undefined;
    const id = given !== undefined && HARMLESS.test(given) ? given : randomUUID();
    request.context.set(slot, id);
    request.expose('id', id);
    const response = await next();
    response.headers.set(this.#header, id);
    return response;
  }
}
