import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { parseCookie } from 'cookie';
import type { RequestContext } from '@nest-quintet/core';
import { RequestTrust } from './request-trust.js';

/**
 * Holds a request from before routing to the last byte of its response.
 *
 * `raw` is Node's request. In Express it is the very object that guards and handlers get; in Fastify they get a
 * `FastifyRequest` around it, so that what they are to see is shown with {@link HttpRequest.expose}.
 */
export class HttpRequest {
  #cookies: Readonly<Record<string, string | undefined>> | undefined;
  #exposed: Map<string, PropertyDescriptor> | undefined;
  #platform: object | undefined;

  constructor(
    /** Node's request. */
    readonly raw: IncomingMessage,
    /** The request's context, the same as `requestContext.current()`. */
    readonly context: RequestContext,
    private readonly trust: RequestTrust = new RequestTrust(),
  ) {}

  get method(): string {
    return this.raw.method ?? 'GET';
  }

  /** The path and query as they arrived, for example `/books?page=2`; setting it before `next()` routes anew. */
  get url(): string {
    return this.raw.url ?? '/';
  }

  set url(url: string) {
    this.raw.url = url;
  }

  /** The path without the query, as it arrived: nothing is decoded. */
  get path(): string {
    const url = this.url;
    const end = url.search(/[?#]/);
    return end < 0 ? url : url.slice(0, end);
  }

  /** The query's parameters. */
  get query(): URLSearchParams {
    const [, query = ''] = /\?([^#]*)/.exec(this.url) ?? [];
    return new URLSearchParams(query);
  }

  /** Returns a header's value; several lines are joined as Node joins them. */
  header(name: string): string | undefined {
    const value = this.raw.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The cookies that came with the request. */
  get cookies(): Readonly<Record<string, string | undefined>> {
    return (this.#cookies ??= parseCookie(this.raw.headers.cookie ?? ''));
  }

  /** The host as it was sent, with the port. It is whatever the client likes: prefer {@link HttpRequest.getHost}. */
  get host(): string {
    return this.trust.rawHost(this);
  }

  /**
   * Returns the host, with the port, once it is one that this application answers for.
   *
   * @throws DisallowedHostException which becomes a 400.
   */
  getHost(): string {
    return this.trust.host(this);
  }

  /** The port that the client came to, as the host or a trusted proxy says. */
  get port(): number {
    return this.trust.port(this);
  }

  /** Says whether the client came over HTTPS, as the connection or a trusted proxy says. */
  get isSecure(): boolean {
    return this.trust.isSecure(this, (this.raw.socket as TLSSocket | undefined)?.encrypted === true);
  }

  /** The scheme that the client came over. */
  get scheme(): 'http' | 'https' {
    return this.isSecure ? 'https' : 'http';
  }

  /** The object that guards, pipes and handlers get: Express's or Fastify's request. */
  get platform(): object {
    return this.#platform ?? this.raw;
  }

  /**
   * Shows a value as a property of the request that guards and handlers get.
   *
   * @example
   * request.expose('session', session); // what @Session() reads, on Express and on Fastify
   */
  expose(name: string, value: unknown): void {
    this.define(name, { value, writable: true, configurable: true, enumerable: true });
  }

  /** Shows a property made by hand, for example an accessor, on the request that guards and handlers get. */
  define(name: string, descriptor: PropertyDescriptor): void {
    (this.#exposed ??= new Map()).set(name, descriptor);
    Object.defineProperty(this.raw, name, descriptor);
    if (this.#platform !== undefined) Object.defineProperty(this.#platform, name, descriptor);
  }

  /** Tells which object guards and handlers get; called by the platform as soon as there is one. */
  adopt(platform: object): void {
    if (platform === this.raw || platform === this.#platform) return;
    this.#platform = platform;
    if (this.#exposed === undefined) return;
    for (const [name, descriptor] of this.#exposed) Object.defineProperty(platform, name, descriptor);
  }
}
