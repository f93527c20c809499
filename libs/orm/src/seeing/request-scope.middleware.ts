import { RequestContext, requestContext } from '@nest-quintet/core';

/** Opens a request context where nothing else has done so, for the query log to keep a request's statements in. */
export function requestScope(_request: unknown, _response: unknown, next: () => void): void {
  if (requestContext.current()) next();
  else requestContext.run(new RequestContext(), next);
}
