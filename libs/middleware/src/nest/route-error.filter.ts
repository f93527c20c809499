import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { requestContext } from '@nest-quintet/core';
import { currentExchange, type Exchange } from '../pipeline/exchange.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { runExceptionHooks } from '../pipeline/view-hooks.js';
import { ViewAnswered } from './view.guard.js';

/**
 * Stands for the errors that a middleware of the current request is to see.
 *
 * Nest asks each filter of a route in turn whether an error is of a class of its own. Answering by the request in
 * place of the class lets every other error pass to the filter that Nest would have chosen without us.
 */
abstract class ErrorOfInterest {
  static [Symbol.hasInstance](error: unknown): boolean {
    const exchange = requestContext.get(currentExchange);
    if (exchange === undefined) return false;
    if (error instanceof ViewAnswered) return true;
    exchange.error = error;
    return (exchange.owner as Pipeline).seesExceptions && exchange.passedError !== error;
  }
}

/** Runs `processException()` as the first filter of a route; what nobody answers goes to the filter that is next. */
@Catch(ErrorOfInterest)
export class RouteErrorFilter implements ExceptionFilter {
  /** @param handler The route's method, whose other filters are next. */
  constructor(private readonly handler: object) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    const exchange = requestContext.get(currentExchange)!;
    if (!(error instanceof ViewAnswered)) return this.#process(error, host, exchange);
    exchange.owner.application.reply(host, error.response);
    return undefined;
  }

  async #process(error: unknown, host: ArgumentsHost, exchange: Exchange): Promise<unknown> {
    const { application } = exchange.owner;
    try {
      const response = await runExceptionHooks((exchange.owner as Pipeline).layers, exchange, error, host);
      if (response !== undefined) {
        exchange.error = undefined;
        return application.reply(host, response);
      }
    } catch (thrown) {
      error = thrown;
    }
    exchange.error = exchange.passedError = error;
    return application.filterError(error, this.handler, host);
  }
}
