import { currentLanguage, type HttpRequest } from '@nest-quintet/middleware';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** What a page depends on by its address alone, and the headers it may vary on. */
export interface PageRequest {
  readonly method: string;
  readonly scheme: string;
  /** The host as the application sees it, and as it arrived where a proxy says otherwise. */
  readonly hosts: readonly string[];
  readonly url: string;
  /** The language that the answer is in, where `LocaleMiddleware` has chosen one. */
  readonly language: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The parsed query, as handlers get it. */
  readonly query: Readonly<Record<string, unknown>>;
}

/** The parts of Express's and Fastify's request that are read here. */
interface PlatformRequest {
  readonly raw?: IncomingMessage;
  readonly originalUrl?: string;
  readonly protocol?: string;
  readonly host?: string;
  readonly query?: Record<string, unknown>;
}

/** Reads a request of Express, Fastify or Node; whether a proxy is trusted is the platform's own setting. */
export function readPageRequest(request: object): PageRequest {
  const platform = request as PlatformRequest;
  const raw = platform.raw ?? (request as IncomingMessage);
  const arrived = String(raw.headers[':authority'] ?? raw.headers.host ?? '');
  const seen = platform.host ?? arrived;
  return {
    method: raw.method ?? 'GET',
    scheme: platform.protocol ?? ((raw.socket as TLSSocket).encrypted ? 'https' : 'http'),
    hosts: seen === arrived ? [seen] : [seen, arrived],
    url: platform.originalUrl ?? raw.url ?? '/',
    language: currentLanguage(),
    headers: raw.headers,
    query: platform.query ?? {},
  };
}

/** Reads a request that has not been routed yet; its trust in proxies is that of `MiddlewareModule`. */
export function readSiteRequest(request: HttpRequest): PageRequest {
  const { method, scheme, host, url, query, raw } = request;
  const names = [...new Set(query.keys())];
  return {
    method,
    scheme,
    hosts: [host],
    url,
    language: currentLanguage(),
    headers: raw.headers,
    query: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
  };
}
