import { currentLanguage, type HttpRequest } from '@nest-quintet/middleware';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** What a page depends on by its address alone, and the headers it may vary on. */
export interface PageRequest {
  readonly method: string;
  readonly scheme: string;
  /** The host as the application sees it, followed by that which arrived where a proxy says otherwise. */
  readonly host: string;
  readonly url: string;
  /** The language that the answer is in, where `LocaleMiddleware` has chosen one. */
  readonly language: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The parsed query, as handlers get it. */
  readonly query: Readonly<Record<string, unknown>>;
}

/** The parts of Express's and Fastify's request that are read here. */
interface PlatformRequest {
  readonly originalUrl?: string;
  readonly protocol?: string;
  readonly host?: string;
  readonly query?: Record<string, unknown>;
}

/** A request of Express, Fastify or Node; whether a proxy is trusted is the platform's own setting. */
export class RoutedRequest implements PageRequest {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly url: string;
  readonly language = currentLanguage();
  readonly headers: IncomingHttpHeaders;

  /** @param raw Node's request, which in Express is the same. */
  constructor(
    private readonly platform: object,
    raw: IncomingMessage,
  ) {
    const { headers } = raw;
    this.headers = headers;
    this.method = raw.method ?? 'GET';
    this.url = (platform as PlatformRequest).originalUrl ?? raw.url ?? '/';
    this.scheme = schemeOf(platform, raw, headers);
    this.host = hostOf(platform, headers);
  }

  get query(): Readonly<Record<string, unknown>> {
    return (this.platform as PlatformRequest).query ?? {};
  }
}

/** A request that has not been routed yet; its trust in proxies is that of `MiddlewareModule`. */
export class SiteRequest implements PageRequest {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly url: string;
  readonly language = currentLanguage();
  readonly headers: IncomingHttpHeaders;

  constructor(private readonly request: HttpRequest) {
    this.method = request.method;
    this.scheme = request.scheme;
    this.host = request.host;
    this.url = request.url;
    this.headers = request.raw.headers;
  }

  get query(): Readonly<Record<string, unknown>> {
    const { query } = this.request;
    return Object.fromEntries(Array.from(query.keys(), (name) => [name, query.getAll(name)]));
  }
}

/** The platforms look at the connection alone where no proxy says anything, at more cost. */
function schemeOf(platform: PlatformRequest, raw: IncomingMessage, headers: IncomingHttpHeaders): string {
  const own = (raw.socket as TLSSocket).encrypted ? 'https' : 'http';
  return headers['x-forwarded-proto'] === undefined ? own : (platform.protocol ?? own);
}

function hostOf(platform: PlatformRequest, headers: IncomingHttpHeaders): string {
  const arrived = headers.host ?? String(headers[':authority'] ?? '');
  if (headers['x-forwarded-host'] === undefined) return arrived;
  const seen = platform.host ?? arrived;
  return seen === arrived ? arrived : `${seen}\n${arrived}`;
}
