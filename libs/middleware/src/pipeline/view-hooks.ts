import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { HttpResponse } from '../http/http-response.js';
import { TemplateResponse } from '../http/template-response.js';
import type { Exchange } from './exchange.js';
import { applies, type Layer } from './layer.js';
import { MiddlewareContractError } from './middleware-contract-error.js';

/** Runs `processView()`, outermost first, until one answers. */
export async function runViewHooks(
  layers: readonly Layer[],
  exchange: Exchange,
  context: ExecutionContext,
): Promise<HttpResponse | undefined> {
  try {
    for (const layer of layers) {
      if (layer.middleware.processView === undefined || !applies(layer, exchange.request)) continue;
      const response = await layer.middleware.processView(context);
      if (response instanceof HttpResponse) return response;
    }
    return undefined;
  } catch (error) {
    // As in Django, what a hook throws is no matter of `processException()`.
    exchange.passedError = error;
    throw error;
  }
}

/** Runs `processException()`, innermost first, until one answers. */
export async function runExceptionHooks(
  layers: readonly Layer[],
  exchange: Exchange,
  error: unknown,
  host: ArgumentsHost,
): Promise<HttpResponse | undefined> {
  for (const layer of layers.toReversed()) {
    if (layer.middleware.processException === undefined || !applies(layer, exchange.request)) continue;
    const response = await layer.middleware.processException(error, host);
    if (response instanceof HttpResponse) return response;
  }
  return undefined;
}

/** Runs `processTemplateResponse()`, innermost first; each may replace what is rendered. */
export async function runTemplateHooks(
  layers: readonly Layer[],
  exchange: Exchange,
  template: TemplateResponse,
  context: ExecutionContext,
): Promise<TemplateResponse> {
  try {
    for (const layer of layers.toReversed()) {
      if (layer.middleware.processTemplateResponse === undefined || !applies(layer, exchange.request))
        continue;
      const changed: unknown = await layer.middleware.processTemplateResponse(template, context);
      if (!(changed instanceof TemplateResponse)) {
        throw new MiddlewareContractError(
          `${layer.name} returned no TemplateResponse from processTemplateResponse(): return the one that it was given, or another one.`,
        );
      }
      template = changed;
    }
    return template;
  } catch (error) {
    exchange.passedError = error;
    throw error;
  }
}
