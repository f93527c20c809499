import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Exchange } from '../pipeline/exchange.js';
import type { HttpResponse } from '../http/http-response.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { runViewHooks } from '../pipeline/view-hooks.js';

/** Ends a route whose answer `processView()` has given; caught by the first exception filter of the route. */
export class ViewAnswered extends Error {
  constructor(readonly response: HttpResponse) {
    super('processView() has answered.');
  }
}

/** Runs `processView()` as the last guard of a route: after every other guard, before any interceptor. */
export class ViewGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const exchange =
      context.getType() === 'http' ? Exchange.of(context.switchToHttp().getRequest()) : undefined;
    if (exchange === undefined || !(exchange.owner instanceof Pipeline)) return true;
    exchange.view = context;
    const response = await runViewHooks(exchange.owner.layers, exchange, context);
    if (response !== undefined) throw new ViewAnswered(response);
    return true;
  }
}
