import { ServerResponse } from 'node:http';
import { type ArgumentsHost, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { HttpResponse } from '../http/http-response.js';
import { TemplateResponse } from '../http/template-response.js';
import { type Application, Exchange } from '../pipeline/exchange.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { runTemplateHooks } from '../pipeline/view-hooks.js';
import { HeldResponse } from '../seam/held-response.js';
import { ExpressPlatform } from './express.platform.js';
import { FastifyPlatform } from './fastify.platform.js';
import { NestFilters } from './nest-filters.js';
import type { Platform } from './platform.js';
import { RouteTable } from './route-table.js';
import { tellTemplate } from './template-fact.js';

type Reply = (response: object, body: unknown, status?: number) => unknown;
type Render = (response: object, view: string, options: unknown) => unknown;

/** Stands between the pipeline and Nest: lets requests in, and has responses and errors written. */
@Injectable()
export class NestApplication implements Application, OnApplicationShutdown {
  // There is neither in an application context and in a microservice.
  #adapter: AbstractHttpAdapter | undefined;
  #platform: Platform | undefined;
  readonly #undo: (() => void)[] = [];
  readonly #logger = new Logger('Middleware');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly filters: NestFilters,
    private readonly routes: RouteTable,
  ) {}

  /** Registers the entry as soon as there is an adapter, which is before anything else is registered on it. */
  install(pipeline: Pipeline): void {
    this.adapterHost.init$.subscribe(() => this.#install(pipeline));
  }

  #install(pipeline: Pipeline): void {
    this.#adapter = (this.adapterHost.httpAdapter as AbstractHttpAdapter | null) ?? undefined;
    if (this.#adapter === undefined) return;
    this.#platform = platformOf(this.#adapter);
    this.#platform.install(pipeline);
    this.#undo.push(this.routes.watch(this.#adapter));
    this.#replace('reply', (original: Reply) => (response, body, status) => {
      if (body instanceof HttpResponse) return this.#platform!.reply(response, body);
      if (body instanceof TemplateResponse) return this.#adapter!.render(response, body.template, body);
      return original.call(this.#adapter, response, body, status);
    });
    this.#replace('render', (original: Render) => async (response, view, options) => {
      if (options instanceof HttpResponse) return this.#platform!.reply(response, options);
      const template = await this.#template(response, view, options);
      if (template === undefined)
        return tellTemplate(view, options as object | undefined, () =>
          original.call(this.#adapter, response, view, options),
        );
      return tellTemplate(template.template, template.context, () =>
        this.#platform!.render(response, template),
      );
    });
  }

  /** Puts the pipeline in front of the server, as soon as there is one. */
  serve(pipeline: Pipeline): void {
    const server = this.#adapter?.getHttpServer();
    if (server !== undefined) this.#undo.push(this.#platform!.serve(server, pipeline));
  }

  /** Comes last, so that what arrives while the application ends still passes the list. */
  onApplicationShutdown(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  async respondToError(error: unknown, exchange: Exchange): Promise<HttpResponse> {
    // The handler may have written to the response of the request, or may still be writing.
    const aside = new ServerResponse(exchange.incoming);
    exchange.endWithIt(aside);
    try {
      return await new Promise((resolve) => {
        HeldResponse.hold(aside, resolve);
        this.#platform!.fail(error, exchange.incoming, aside);
      });
    } catch (failure) {
      this.#logger.error(failure);
      return HttpResponse.text('Internal Server Error', { status: 500 });
    }
  }

  filterError(error: unknown, handler: object, host: ArgumentsHost): unknown {
    return this.filters.answer(error, handler, host);
  }

  reply(host: ArgumentsHost, response: HttpResponse): void {
    this.#platform!.reply(host.switchToHttp().getResponse(), response);
  }

  /** Returns what is to be rendered after the middleware have seen it; `undefined` where none looks at templates. */
  async #template(response: object, view: string, options: unknown): Promise<TemplateResponse | undefined> {
    const raw = 'raw' in response ? (response.raw as ServerResponse) : (response as ServerResponse);
    const exchange = Exchange.of(raw.req);
    const isTemplate = options instanceof TemplateResponse;
    if (exchange?.view === undefined || !(exchange.owner instanceof Pipeline))
      return isTemplate ? options : undefined;
    const given = isTemplate
      ? options
      : new TemplateResponse(view, (options ?? {}) as Record<string, unknown>);
    return runTemplateHooks(exchange.owner.layers, exchange, given, exchange.view);
  }

  #replace<K extends 'reply' | 'render', F>(name: K, make: (original: F) => F): void {
    const adapter = this.#adapter as unknown as Record<K, F>;
    adapter[name] = make(adapter[name]);
    // The method itself is the prototype's: without our own it is seen again.
    this.#undo.push(() => delete (adapter as Partial<Record<K, F>>)[name]);
  }
}

function platformOf(adapter: AbstractHttpAdapter): Platform {
  switch (adapter.getType()) {
    case 'express':
      return new ExpressPlatform(adapter);
    case 'fastify':
      return new FastifyPlatform(adapter);
    default:
      throw new ImproperlyConfiguredError(
        `The middleware pipeline does not know the HTTP adapter "${adapter.getType()}": use @nestjs/platform-express or @nestjs/platform-fastify.`,
      );
  }
}
