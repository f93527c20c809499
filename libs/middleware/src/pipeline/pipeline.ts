import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestContext } from '@nest-quintet/core';
import type { Signal, SignalDispatcher } from '@nest-quintet/signals';
import { HttpResponse } from '../http/http-response.js';
import { RequestTrust } from '../http/request-trust.js';
import { onceClosed } from '../seam/once-closed.js';
import { type Application, Exchange, type ExchangeOwner } from './exchange.js';
import { applies, type Layer } from './layer.js';
import { layerFacts, Passage } from './layer-fact.js';
import { MiddlewareContractError } from './middleware-contract-error.js';
import { gotRequestException, requestFinished, requestStarted } from './signals.js';

/**
 * Runs requests through the layers, outermost first, and sends the response that comes out.
 *
 * What a layer throws becomes a response at once, so that the layers around it see a response, as in Django.
 */
export class Pipeline implements ExchangeOwner {
  #layers: readonly Layer[] = [];
  #seesExceptions = false;
  /** Sends the request signals; nobody is told without one. */
  dispatcher: SignalDispatcher | undefined;

  constructor(
    readonly application: Application,
    readonly abandonAfter = 5_000,
    readonly trust = new RequestTrust(),
  ) {}

  /** The layers, outermost first; set once, when the application has started. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  set layers(layers: readonly Layer[]) {
    this.#layers = layers;
    this.#seesExceptions = layers.some(({ middleware }) => middleware.processException !== undefined);
  }

  /** The names of the middleware, outermost first. */
  get order(): readonly string[] {
    return this.#layers.map(({ name }) => name);
  }

  /** Says whether some middleware wants to see what routes throw. */
  get seesExceptions(): boolean {
    return this.#seesExceptions;
  }

  /** Takes a request in: `inner` hands it to the platform, which writes to the same response. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse, inner: () => void): void {
    const exchange = new Exchange(incoming, outgoing, this);
    const { dispatcher } = this;
    if (dispatcher !== undefined) {
      requestContext.run(exchange.context, () =>
        dispatcher.run(() => this.#start(exchange, inner, dispatcher)),
      );
    } else if (this.#layers.length > 0) {
      requestContext.run(exchange.context, () => void this.#run(exchange, inner));
    } else if (requestContext.isWanted) {
      requestContext.run(exchange.context, inner);
    } else {
      inner();
    }
  }

  async recover(error: unknown, exchange: Exchange): Promise<HttpResponse> {
    exchange.error = error;
    const response = await this.application.respondToError(error, exchange);
    this.#tellError(exchange, response);
    return response;
  }

  #start(exchange: Exchange, inner: () => void, dispatcher: SignalDispatcher): void {
    const isAwaited = dispatcher.isHeard(requestStarted, this);
    if (dispatcher.isHeard(requestFinished, this)) {
      onceClosed(exchange.outgoing, () => void this.#send(requestFinished, exchange));
    }
    if (isAwaited) void this.#send(requestStarted, exchange).then(() => this.#run(exchange, inner));
    else if (this.#layers.length > 0 || dispatcher.isHeard(gotRequestException, this))
      void this.#run(exchange, inner);
    else inner();
  }

  async #run(exchange: Exchange, inner: () => void): Promise<void> {
    exchange.send(await this.#enter(exchange, 0, inner));
  }

  /** Goes one layer further in; plain functions pass promises on, as every further one costs on every layer. */
  #enter(exchange: Exchange, index: number, inner: () => void): Promise<HttpResponse> {
    const layer = this.#layers[index];
    if (layer === undefined) return this.#innermost(exchange, index, inner);
    if (applies(layer, exchange.request)) return this.#pass(exchange, index, layer, inner);
    return this.#skip(exchange, index, inner);
  }

  async #innermost(exchange: Exchange, index: number, inner: () => void): Promise<HttpResponse> {
    let response: HttpResponse;
    try {
      response = await exchange.capture(inner);
      this.#tellError(exchange, response);
    } catch (error) {
      response = await this.recover(error, exchange);
    }
    exchange.answered(index);
    return response;
  }

  async #skip(exchange: Exchange, index: number, inner: () => void): Promise<HttpResponse> {
    const response = await this.#enter(exchange, index + 1, inner);
    exchange.answered(index);
    return response;
  }

  async #pass(
    exchange: Exchange,
    index: number,
    { name, middleware }: Layer,
    inner: () => void,
  ): Promise<HttpResponse> {
    const passage = layerFacts.isWatched ? new Passage(name) : undefined;
    let hasCalledNext = false;
    const next = (): Promise<HttpResponse> => {
      if (hasCalledNext) {
        throw new MiddlewareContractError(
          `${name} called next() twice: keep the response of the first call.`,
        );
      }
      hasCalledNext = true;
      const enter = (): Promise<HttpResponse> => this.#enter(exchange, index + 1, inner);
      return passage === undefined ? enter() : passage.inner(enter);
    };
    let response: HttpResponse;
    try {
      response = await middleware.handle(exchange.request, next);
      if (hasCalledNext && !exchange.hasAnswered(index + 1)) {
        throw new MiddlewareContractError(
          `${name} returned before the response of next() was there: write "await next()".`,
        );
      }
      if (!(response instanceof HttpResponse)) {
        throw new MiddlewareContractError(
          `${name} returned no HttpResponse: return the response of next(), or one of your own.`,
        );
      }
    } catch (error) {
      response = await this.recover(error, exchange);
    }
    exchange.answered(index);
    passage?.end(response.status);
    return response;
  }

  #tellError(exchange: Exchange, response: HttpResponse): void {
    const { error } = exchange;
    exchange.error = undefined;
    if (error !== undefined && response.status >= 500)
      void this.#send(gotRequestException, exchange, { error });
  }

  async #send<P extends object>(signal: Signal<P>, exchange: Exchange, payload?: object): Promise<void> {
    const { dispatcher } = this;
    if (dispatcher?.isHeard(signal, this) !== true) return;
    await dispatcher.sendRobust(signal, this, { request: exchange.request, ...payload } as unknown as P);
  }
}
