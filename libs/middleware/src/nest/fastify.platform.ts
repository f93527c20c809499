import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpResponse } from '../http/http-response.js';
import type { TemplateResponse } from '../http/template-response.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { Exchange } from '../pipeline/exchange.js';
import { originalsOf } from '../seam/raw-response.js';
import { writeResponse } from '../seam/write-response.js';
import { Platform } from './platform.js';

interface FastifyRequest {
  raw: IncomingMessage;
}

interface FastifyReply {
  raw: ServerResponse;
  code(status: number): FastifyReply;
  header(name: string, value: unknown): FastifyReply;
  send(payload: unknown): FastifyReply;
  view?(template: string, context: object): unknown;
  viewAsync?(template: string, context: object): Promise<string>;
}

interface FastifyInstance {
  routing(request: IncomingMessage, response: ServerResponse): void;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: (error?: unknown) => void) => void,
  ): void;
}

const FAILURE = Symbol('failure');

/** A response that an error is to be answered with, which the hook passes on to the error handler. */
type FailedResponse = ServerResponse & { [FAILURE]?: { error: unknown } };

/** Is Fastify: guards and handlers get objects around Node's, and a hook is what everything passes. */
export class FastifyPlatform extends Platform {
  constructor(private readonly adapter: AbstractHttpAdapter) {
    super();
  }

  get #instance(): FastifyInstance {
    return this.adapter.getInstance<FastifyInstance>();
  }

  override install(pipeline: Pipeline): void {
    this.#instance.addHook('onRequest', (request, reply, done) => {
      const failure = (reply.raw as FailedResponse)[FAILURE];
      if (failure !== undefined) return done(failure.error);
      const exchange = Exchange.of(request.raw);
      if (exchange !== undefined) {
        exchange.adopt(request);
        return done();
      }
      // The route is already chosen here, so that a middleware that changes the URL has the request routed again.
      const { url } = request.raw;
      pipeline.handle(request.raw, reply.raw, () => {
        if (request.raw.url !== url) return this.#dispatch(request.raw, reply.raw);
        Exchange.of(request.raw)?.adopt(request);
        done();
      });
    });
  }

  override fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    (response as FailedResponse)[FAILURE] = { error };
    this.#dispatch(request, response);
  }

  #dispatch(request: IncomingMessage, response: ServerResponse): void {
    this.#instance.routing(request, response);
  }

  /** Goes the way of every Fastify reply, so that `onSend` hooks (cookies, for example) still take part. */
  override reply(response: FastifyReply | ServerResponse, finished: HttpResponse): unknown {
    if (!('raw' in response)) {
      const exchange = Exchange.of(response.req);
      if (exchange !== undefined && exchange.outgoing === response) exchange.respond(finished);
      else writeResponse({ raw: response, originals: originalsOf(response) }, finished);
      return undefined;
    }
    response.code(finished.status);
    if (finished.statusText !== undefined) response.raw.statusMessage = finished.statusText;
    for (const [name, value] of finished.headers) response.header(name, value);
    const { body } = finished;
    // Fastify would write null out.
    return response.send('length' in body && body.length === 0 ? undefined : body);
  }

  override async render(response: FastifyReply, { template, context }: TemplateResponse): Promise<unknown> {
    // Older versions of @fastify/view only have the one that answers what fails itself.
    if (response.viewAsync === undefined) return response.view!(template, context);
    return response.send(await response.viewAsync(template, context));
  }
}
