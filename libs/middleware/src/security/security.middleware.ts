import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Duration, toSeconds } from '@nest-quintet/core';
import helmet from 'helmet';
import type { HttpRequest } from '../http/http-request.js';
import { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import { routeFilter, type RoutePattern } from '../pipeline/route-patterns.js';

type CspOptions = NonNullable<Parameters<typeof helmet.contentSecurityPolicy>[0]>;
type OpenerOptions = NonNullable<Parameters<typeof helmet.crossOriginOpenerPolicy>[0]>;
type ReferrerOptions = NonNullable<Parameters<typeof helmet.referrerPolicy>[0]>;

/** Is Django's `SECURE_*` settings, in camelCase and with their defaults. */
export interface SecurityOptions {
  /** How long browsers are to insist on HTTPS; not at all when 0 or left out. */
  secureHstsSeconds?: Duration;
  secureHstsIncludeSubdomains?: boolean;
  secureHstsPreload?: boolean;
  /** `true` when left out. */
  secureContentTypeNosniff?: boolean;
  /** `'same-origin'` when left out; several are a fallback order, in a list or separated by commas. `null` for none. */
  secureReferrerPolicy?: string | readonly string[] | null;
  /** `'same-origin'` when left out; `null` for none. */
  secureCrossOriginOpenerPolicy?: OpenerOptions['policy'] | null;
  /** Sends every plain HTTP request to HTTPS. */
  secureSslRedirect?: boolean;
  /** The host that the redirect goes to; the request's own when left out. */
  secureSslHost?: string;
  /** The requests that are not redirected. */
  secureRedirectExempt?: readonly RoutePattern[];
  /**
   * The directives of `Content-Security-Policy`, as helmet takes them. The word `'nonce'` becomes the request's own,
   * which templates find as `request.cspNonce`. Django: `SECURE_CSP`.
   */
  secureCsp?: Record<string, readonly string[]>;
  /** The same, as `Content-Security-Policy-Report-Only`. */
  secureCspReportOnly?: Record<string, readonly string[]>;
}

/** Is what helmet's middleware call. */
type HeaderWriter = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: Error) => void,
) => void;

/**
 * Sets the headers that make browsers careful, and sends plain HTTP to HTTPS. Django: `SecurityMiddleware`.
 *
 * A request for a host that is not in `allowedHosts` gets a 400. A header that a handler has set itself is kept.
 */
@Injectable()
export class SecurityMiddleware implements Middleware {
  readonly #always: readonly HeaderWriter[];
  readonly #onHttps: HeaderWriter | undefined;
  readonly #redirects: (request: HttpRequest) => boolean;
  readonly #sslHost: string | undefined;
  readonly #policies: readonly HeaderWriter[];

  constructor(@MiddlewareOptions() options: SecurityOptions = {}) {
    const exempt = routeFilter('SecurityMiddleware', options.secureRedirectExempt);
    this.#redirects =
      options.secureSslRedirect === true ? (request) => exempt?.(request) !== true : () => false;
    this.#sslHost = options.secureSslHost;
    this.#onHttps = hsts(options);
    this.#always = unconditional(options);
    this.#policies = policies(options);
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const host = request.getHost();
    if (this.#policies.length > 0) request.expose('cspNonce', randomBytes(16).toString('base64'));
    const isSecure = request.isSecure;
    const response =
      !isSecure && this.#redirects(request)
        ? HttpResponse.redirect(`https://${this.#sslHost ?? host}${request.url}`, { status: 301 })
        : await next();
    for (const write of this.#always) apply(write, request, response);
    for (const write of this.#policies) apply(write, request, response);
    if (isSecure && this.#onHttps !== undefined) apply(this.#onHttps, request, response);
    return response;
  }
}

function hsts({
  secureHstsSeconds = 0,
  secureHstsIncludeSubdomains,
  secureHstsPreload,
}: SecurityOptions): HeaderWriter | undefined {
  const maxAge = toSeconds(secureHstsSeconds, 'secureHstsSeconds');
  if (maxAge <= 0) return undefined;
  return helmet.strictTransportSecurity({
    maxAge,
    includeSubDomains: secureHstsIncludeSubdomains ?? false,
    preload: secureHstsPreload ?? false,
  });
}

function unconditional(options: SecurityOptions): HeaderWriter[] {
  const writers: HeaderWriter[] = [];
  const { secureReferrerPolicy = 'same-origin', secureCrossOriginOpenerPolicy = 'same-origin' } = options;
  if (options.secureContentTypeNosniff !== false) writers.push(helmet.xContentTypeOptions());
  if (secureReferrerPolicy !== null) {
    const list =
      typeof secureReferrerPolicy === 'string' ? secureReferrerPolicy.split(',') : secureReferrerPolicy;
    const policy = list.map((item) => item.trim()) as ReferrerOptions['policy'];
    writers.push(helmet.referrerPolicy({ policy }));
  }
  if (secureCrossOriginOpenerPolicy !== null) {
    writers.push(helmet.crossOriginOpenerPolicy({ policy: secureCrossOriginOpenerPolicy }));
  }
  return writers;
}

function policies({ secureCsp, secureCspReportOnly }: SecurityOptions): HeaderWriter[] {
  return [
    ...(secureCsp === undefined ? [] : [csp(secureCsp, false)]),
    ...(secureCspReportOnly === undefined ? [] : [csp(secureCspReportOnly, true)]),
  ];
}

function csp(directives: Record<string, readonly string[]>, reportOnly: boolean): HeaderWriter {
  const withNonce = Object.entries(directives).map(([name, sources]) => [
    name,
    sources.map((source) =>
      source === "'nonce'" || source === 'nonce'
        ? (request: IncomingMessage) =>
            `'nonce-${(request as IncomingMessage & { cspNonce: string }).cspNonce}'`
        : source,
    ),
  ]);
  const named = Object.fromEntries(withNonce) as NonNullable<CspOptions['directives']>;
  return helmet.contentSecurityPolicy({ useDefaults: false, reportOnly, directives: named });
}

/** Lets helmet write to a held response as it writes to Node's. */
function apply(write: HeaderWriter, request: HttpRequest, response: HttpResponse): void {
  const target = {
    setHeader: (name: string, value: string) => void response.headers.setDefault(name, value),
    removeHeader: (name: string) => void response.headers.delete(name),
  };
  write(request.raw, target as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error;
  });
}
