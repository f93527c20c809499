import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpResponse } from '../http/http-response.js';
import type { TemplateResponse } from '../http/template-response.js';
import { Exchange } from '../pipeline/exchange.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { originalsOf } from '../seam/raw-response.js';
import { writeResponse } from '../seam/write-response.js';
import { Platform } from './platform.js';

type ExpressRequest = IncomingMessage & { res?: ServerResponse };
type ExpressResponse = ServerResponse & {
  locals?: object;
  render(view: string, options: object, done: (error: Error | null, html: string) => void): void;
  send(body: string): unknown;
};
type ErrorHandler = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => unknown;

interface ExpressApplication {
  request: object;
  response: object;
  handle(request: IncomingMessage, response: ServerResponse, done?: unknown): void;
}

/** Is Express: its request and response are Node's own. */
export class ExpressPlatform extends Platform {
  #errorHandler: ErrorHandler | undefined;

  constructor(private readonly adapter: AbstractHttpAdapter) {
    super();
  }

  override install(pipeline: Pipeline): void {
    const application = this.adapter.getInstance<ExpressApplication>();
    const { handle } = application;
    // A layer of the router would do too, and cost every request as much as the pipeline itself.
    application.handle = (request, response, done) => {
      if (Exchange.of(request) !== undefined) handle.call(application, request, response, done);
      else pipeline.handle(request, response, () => handle.call(application, request, response, done));
    };
    const { adapter } = this;
    const { setErrorHandler } = adapter;
    adapter.setErrorHandler = (handler: ErrorHandler, prefix?: string) => {
      this.#errorHandler = handler;
      return setErrorHandler?.call(adapter, handler, prefix);
    };
  }

  override fail(error: unknown, request: ExpressRequest, response: ExpressResponse): void {
    const application = this.adapter.getInstance<ExpressApplication>();
    // What Express does itself to whatever comes in: the error may have happened before.
    Object.setPrototypeOf(request, application.request);
    Object.setPrototypeOf(response, application.response);
    response.locals ??= Object.create(null) as object;
    const own = request.res;
    request.res = response;
    void this.#errorHandler!(error, request, response, () => undefined);
    if (own !== undefined) request.res = own;
  }

  override reply(response: ServerResponse, finished: HttpResponse): void {
    const exchange = Exchange.of(response.req);
    if (exchange !== undefined && exchange.outgoing === response) exchange.respond(finished);
    else writeResponse({ raw: response, originals: originalsOf(response) }, finished);
  }

  override async render(response: ExpressResponse, { template, context }: TemplateResponse): Promise<void> {
    const html = await new Promise<string>((resolve, reject) => {
      // Express adds the response's locals to what it is given.
      response.render(template, { ...context }, (error, rendered) =>
        error ? reject(error) : resolve(rendered),
      );
    });
    response.send(html);
  }
}
