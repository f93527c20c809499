import type { ArgumentsHost, ExecutionContext, Type } from '@nestjs/common';
import { QuintetError } from '@nest-quintet/core';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { TemplateResponse } from '../http/template-response.js';

/**
 * Runs everything further in and resolves to the response it made, before any of it has left.
 *
 * It never rejects because of what the inner part threw: that has become a response by then, as in Django.
 */
export type NextResponse = () => Promise<HttpResponse>;

type Answer<T> = T | void | undefined | Promise<T | void | undefined>;

/**
 * One layer of the ordered list: sees the request on its way in and the response on its way out.
 *
 * @example
 * \@Injectable()
 * export class TimingMiddleware implements Middleware {
 *   async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
 *     const start = performance.now();
 *     const response = await next();
 *     response.headers.set('X-Response-Time', `${(performance.now() - start).toFixed(1)}ms`);
 *     return response;
 *   }
 * }
 *
 * Django: a middleware class with `__call__`.
 */
export interface Middleware {
  /** Answers the request, with the response of `next()` or with one of its own. */
  handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> | HttpResponse;

  /** Runs after routing and guards, before the handler, outermost first; a response answers in its place. */
  processView?(context: ExecutionContext): Answer<HttpResponse>;

  /**
   * Sees what a guard, a pipe, an interceptor or the handler threw, innermost first; a response answers it.
   * What nobody answers goes on to Nest's exception filters.
   */
  processException?(error: unknown, context: ArgumentsHost): Answer<HttpResponse>;

  /** Sees what is about to be rendered, innermost first, and returns it, changed or replaced. */
  processTemplateResponse?(
    response: TemplateResponse,
    context: ExecutionContext,
  ): TemplateResponse | Promise<TemplateResponse>;

  /**
   * Looks at the final list once, before the first request, outermost first.
   *
   * @throws ImproperlyConfiguredError to say that this middleware stands in the wrong place.
   */
  checkOrder?(order: readonly Type<Middleware>[]): void;
}

/**
 * Leaves a middleware out of the list when thrown by its constructor or its `onModuleInit`.
 *
 * Django: `MiddlewareNotUsed`.
 */
export class MiddlewareNotUsed extends QuintetError {
  constructor(message = '') {
    super(message);
  }
}
