import { QuintetError } from '@nest-quintet/core';
import { Exchange, type ResponseCallback } from './exchange.js';

/**
 * Registers, for one request, a callback that sees the response as the innermost part made it: before any
 * middleware's `next()` resolves, after Nest and the platform are done with it.
 *
 * The callback may change the response, or return another one. The one registered last is called first; `first` puts a
 * callback before all of those, whenever they are registered, so that even a page cache sees what it does.
 *
 * @param request The request as guards, interceptors, handlers or middleware have it.
 * @throws QuintetError outside of the pipeline, and when the response is already made.
 */
export function onResponse(
  request: object,
  callback: ResponseCallback,
  { first = false }: { first?: boolean } = {},
): void {
  exchangeOf(request).onResponse(callback, first);
}

/** Returns the exchange of a request that must be in the pipeline. @internal */
export function exchangeOf(request: object): Exchange {
  const exchange = Exchange.of(request);
  if (exchange !== undefined) return exchange;
  throw new QuintetError(
    'This request did not come through the middleware pipeline: add MiddlewareModule.forRoot() to the imports of the root module.',
  );
}
