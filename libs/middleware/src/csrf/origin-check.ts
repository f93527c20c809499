import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { HttpRequest } from '../http/http-request.js';
import { matchesHost } from '../http/request-trust.js';

/** Why a request was refused, in Django's words. */
export type OriginFlaw =
  | 'REASON_BAD_ORIGIN'
  | 'REASON_NO_REFERER'
  | 'REASON_MALFORMED_REFERER'
  | 'REASON_INSECURE_REFERER'
  | 'REASON_BAD_REFERER';

export interface OriginCheckOptions {
  /** Other origins whose pages may send forms here: `'https://example.com'`, `'https://*.example.com'`. */
  csrfTrustedOrigins?: readonly string[];
  /** The domain of the secret's cookie: what shares the cookie is trusted as a referer. */
  csrfCookieDomain?: string | undefined;
}

/** Decides whether the page that sent a form is one of ours. */
export class OriginCheck {
  readonly #exact: ReadonlySet<string>;
  readonly #wild: readonly { scheme: string; host: string }[];
  readonly #hosts: readonly string[];
  readonly #cookieDomain: string | undefined;

  constructor({ csrfTrustedOrigins = [], csrfCookieDomain }: OriginCheckOptions) {
    const origins = csrfTrustedOrigins.map(parseOrigin);
    this.#exact = new Set(csrfTrustedOrigins.filter((origin) => !origin.includes('*')));
    this.#wild = origins.filter(({ host }) => host.startsWith('.'));
    this.#hosts = origins.map(({ host }) => host);
    this.#cookieDomain = csrfCookieDomain;
  }

  /** Returns what is wrong with where a request came from. */
  flawOf(request: HttpRequest): OriginFlaw | undefined {
    const origin = request.header('origin');
    if (origin !== undefined) return this.#isGoodOrigin(request, origin) ? undefined : 'REASON_BAD_ORIGIN';
    // Over plain HTTP a page in the middle could have any referer.
    return request.isSecure ? this.#refererFlaw(request) : undefined;
  }

  #isGoodOrigin(request: HttpRequest, origin: string): boolean {
    if (origin === `${request.scheme}://${request.getHost()}` || this.#exact.has(origin)) return true;
    const { scheme, host } = readOrigin(origin) ?? {};
    return this.#wild.some((wild) => wild.scheme === scheme && matchesHost(host!, wild.host));
  }

  #refererFlaw(request: HttpRequest): OriginFlaw | undefined {
    const referer = request.header('referer');
    if (referer === undefined) return 'REASON_NO_REFERER';
    const url = readOrigin(referer);
    if (url === undefined || url.scheme === '' || url.host === '') return 'REASON_MALFORMED_REFERER';
    if (url.scheme !== 'https') return 'REASON_INSECURE_REFERER';
    if (this.#hosts.some((host) => matchesHost(url.host, host))) return undefined;
    return matchesHost(url.host, this.#goodReferer(request)) ? undefined : 'REASON_BAD_REFERER';
  }

  #goodReferer(request: HttpRequest): string {
    if (this.#cookieDomain === undefined) return request.getHost();
    const { port } = request;
    return port === 443 || port === 80 ? this.#cookieDomain : `${this.#cookieDomain}:${port}`;
  }
}

function parseOrigin(origin: string): { scheme: string; host: string } {
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/([^/]+)$/i.exec(origin) ?? [];
  if (scheme === undefined || host === undefined) {
    throw new ImproperlyConfiguredError(
      `csrfTrustedOrigins: ${JSON.stringify(origin)} is no origin. Write the scheme too, for example 'https://example.com' or 'https://*.example.com'.`,
    );
  }
  return { scheme, host: host.replace(/^\*/, '') };
}

/** Reads scheme and host as they are written: with a default port it is another origin, as browsers never write it. */
function readOrigin(url: string): { scheme: string; host: string } | undefined {
  const [, scheme = '', host = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url) ?? [];
  if (host !== '' && !URL.canParse(`${scheme}://${host}`)) return undefined;
  return { scheme: scheme.toLowerCase(), host: host.toLowerCase() };
}
