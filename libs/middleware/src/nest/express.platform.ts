import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpResponse } from '../http/http-response.js';
import type { TemplateResponse } from '../http/template-response.js';
import { Exchange } from '../pipeline/exchange.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { originalsOf } from '../seam/raw-response.js';
import { writeResponse } from '../seam/write-response.js';
import { Platform } from './platform.js';

type ExpressNext = (error?: unknown) => void;
type ExpressRequest = IncomingMessage & { res?: ServerResponse };

type ExpressResponse = ServerResponse & {
  render(view: string, options: object, done: (error: Error | null, html: string) => void): void;
  send(body: string): unknown;
};

/** Is Express: its request and response are Node's own, and a first layer is what everything passes. */
export class ExpressPlatform extends Platform {
  constructor(private readonly adapter: AbstractHttpAdapter) {
    super();
  }

  override install(pipeline: Pipeline): void {
    this.adapter.use((request: IncomingMessage, response: ServerResponse, next: ExpressNext) => {
      const failure = this.failureOf(response);
      if (failure !== undefined) next(failure.error);
      else if (this.exchangeOf(request) !== undefined) next();
      else pipeline.handle(request, response, next);
    });
  }

  protected override dispatch(request: ExpressRequest, response: ServerResponse): void {
    const own = request.res;
    (this.adapter.getInstance() as (request: IncomingMessage, response: ServerResponse) => void)(
      request,
      response,
    );
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
