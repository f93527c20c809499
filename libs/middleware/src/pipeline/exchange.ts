import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { contextKey, QuintetError, RequestContext } from '@nest-quintet/core';
import { HttpRequest } from '../http/http-request.js';
import { HttpResponse } from '../http/http-response.js';
import type { RequestTrust } from '../http/request-trust.js';
import { HeldResponse } from '../seam/held-response.js';
import { onceClosed } from '../seam/once-closed.js';

/** Sees the response that the innermost part made, and may change it or return another one. */
export type ResponseCallback = (
  response: HttpResponse,
) => HttpResponse | void | undefined | Promise<HttpResponse | void | undefined>;

const EXCHANGE = Symbol('exchange');

type Carrier = { [EXCHANGE]?: Exchange; raw?: IncomingMessage };

/** The exchange that the current flow is part of. */
export const currentExchange = contextKey<Exchange>('middleware.exchange', { isPassive: true });

/** What an exchange asks of the pipeline that it runs in. */
export interface ExchangeOwner {
  /** Milliseconds that an inner part has to answer after its client has gone. */
  readonly abandonAfter: number;
  readonly application: Application;
  readonly trust: RequestTrust;
  /** Makes a response of an error, through the application's exception filters. */
  recover(error: unknown, exchange: Exchange): Promise<HttpResponse>;
}

/** What the pipeline asks of the application that it stands in front of. */
export interface Application {
  /** Has an error answered outside of any route: by the global exception filters, into a response of its own. */
  respondToError(error: unknown, exchange: Exchange): Promise<HttpResponse>;
  /** Has an error of a route answered as it would have been without the pipeline. */
  filterError(error: unknown, handler: object, host: ArgumentsHost): unknown;
  /** Answers a routed request with a finished response. */
  reply(host: ArgumentsHost, response: HttpResponse): void;
}

/** Is one request on its way through the pipeline, with the response that is held for it. */
export class Exchange {
  #context: RequestContext | undefined;
  #request: HttpRequest | undefined;
  #platform: object | undefined;
  #held: HeldResponse | undefined;
  #callbacks: ResponseCallback[] | undefined;
  #firstCallbacks: ResponseCallback[] | undefined;
  #asides: ServerResponse[] | undefined;
  #resolve: ((response: HttpResponse) => void) | undefined;
  #innermost: HttpResponse | undefined;
  #isReleased = false;

  #answeredFrom = Number.POSITIVE_INFINITY;
  /** What was thrown last and is on its way to the exception filters. */
  error: unknown;
  /** What was thrown and is not, or no longer, for `processException()`. */
  passedError: unknown;
  /** Nest's context of the route, once the request was guarded. */
  view: ExecutionContext | undefined;

  constructor(
    readonly incoming: IncomingMessage,
    readonly outgoing: ServerResponse,
    readonly owner: ExchangeOwner,
  ) {
    (incoming as Carrier)[EXCHANGE] = this;
  }

  /** Finds the exchange of a request, be it Node's, Express's, Fastify's or ours. */
  static of(request: object): Exchange | undefined {
    return (request as Carrier)[EXCHANGE] ?? ((request as Carrier).raw as Carrier | undefined)?.[EXCHANGE];
  }

  /** What belongs to the request; made when somebody asks for it. */
  get context(): RequestContext {
    if (this.#context === undefined) {
      this.#context = new RequestContext();
      this.#context.set(currentExchange, this);
    }
    return this.#context;
  }

  get request(): HttpRequest {
    if (this.#request === undefined) {
      this.#request = new HttpRequest(this.incoming, this.context, this.owner.trust);
      if (this.#platform !== undefined) this.#request.adopt(this.#platform);
    }
    return this.#request;
  }

  /** Tells which object guards and handlers get for the request. */
  adopt(platform: object): void {
    this.#platform = platform;
    this.#request?.adopt(platform);
  }

  get isMade(): boolean {
    return this.#held?.isMade ?? this.outgoing.headersSent;
  }

  /** Notes that a layer has answered, counted from the outside; one that nobody waited for may do so late. */
  answered(layer: number): void {
    if (layer < this.#answeredFrom) this.#answeredFrom = layer;
  }

  /** Says whether a layer, and so everything further in, has answered. */
  hasAnswered(layer: number): boolean {
    return this.#answeredFrom <= layer;
  }

  /** Runs the innermost part and resolves to the response that it made, before any of it has left. */
  capture(inner: () => void): Promise<HttpResponse> {
    this.hold();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      try {
        inner();
      } catch (error) {
        reject(error);
      }
    });
  }

  /** Holds the response from now on. */
  hold(): HeldResponse {
    if (this.#held === undefined) {
      const held = HeldResponse.hold(this.outgoing, (response) => this.#made(response));
      this.#held = held;
      onceClosed(this.outgoing, () => this.#closed(held));
    }
    return this.#held;
  }

  /** Lets a response that is made beside the real one be over together with it. */
  endWithIt(aside: ServerResponse): void {
    this.hold();
    (this.#asides ??= []).push(aside);
  }

  /** Adds a callback; the one added last, which is the innermost, is called first, but after those that are to be first. */
  onResponse(callback: ResponseCallback, isFirst = false): void {
    if (this.isMade) {
      throw new QuintetError(
        'The response of this request is already made: call onResponse() before it is written.',
      );
    }
    this.hold();
    if (isFirst) (this.#firstCallbacks ??= []).push(callback);
    else (this.#callbacks ??= []).unshift(callback);
  }

  /** Answers with a finished response in place of writing to the raw one. */
  respond(response: HttpResponse): void {
    this.hold().respond(response);
  }

  /** Sends the response, whoever made it; where Node refuses a header an error is sent, and hung up when that fails too. */
  send(response: HttpResponse): void {
    try {
      this.#release(response);
    } catch (error) {
      // Nothing has left yet.
      void this.owner
        .recover(error, this)
        .then((answer) => this.#release(answer))
        .catch(() => this.outgoing.destroy());
    }
  }

  #release(response: HttpResponse): void {
    this.hold().release(response);
    this.#isReleased = true;
  }

  #made(response: HttpResponse): void {
    const callbacks = [...(this.#firstCallbacks ?? []), ...(this.#callbacks ?? [])];
    if (callbacks.length === 0) this.#settle(response);
    else void this.#callBack(response, callbacks);
  }

  async #callBack(response: HttpResponse, callbacks: readonly ResponseCallback[]): Promise<void> {
    try {
      for (const callback of callbacks) response = (await callback(response)) ?? response;
    } catch (error) {
      response = await this.owner.recover(error, this);
    }
    this.#settle(response);
  }

  #settle(response: HttpResponse): void {
    if (this.#innermost !== undefined || this.#isReleased) return;
    this.#innermost = response;
    if (this.#resolve === undefined) this.send(response);
    else this.#resolve(response);
  }

  /** An inner part that notices that its client has gone may never answer; what waits for it must not wait for ever. */
  #closed(held: HeldResponse): void {
    held.abandon();
    for (const aside of this.#asides ?? []) aside.emit('close');
    if (this.#innermost !== undefined || this.#isReleased) return;
    setTimeout(() => this.#settle(new HttpResponse(null, { status: 499 })), this.owner.abandonAfter).unref();
  }
}
