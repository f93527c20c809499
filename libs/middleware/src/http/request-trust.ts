import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { DisallowedHostException } from './disallowed-host.exception.js';
import type { HttpRequest } from './http-request.js';

/** What a request's own words about its host and scheme are worth. */
export interface RequestTrustOptions {
  /**
   * The hosts that this application answers for: `'example.com'`, `'.example.com'` with its subdomains, `'*'`. An
   * empty list is this machine alone; every host when left out. Django: `ALLOWED_HOSTS`.
   */
  allowedHosts?: readonly string[];
  /** Takes the host from `X-Forwarded-Host`; only behind a proxy that always sets it. Django: `USE_X_FORWARDED_HOST`. */
  useXForwardedHost?: boolean;
  /** Takes the port from `X-Forwarded-Port`; only behind a proxy that always sets it. Django: `USE_X_FORWARDED_PORT`. */
  useXForwardedPort?: boolean;
  /** The header and value by which a proxy says that the client came over HTTPS. Django: `SECURE_PROXY_SSL_HEADER`. */
  secureProxySslHeader?: readonly [header: string, value: string];
}

const LOCAL_HOSTS = ['.localhost', '127.0.0.1', '[::1]'];
const HOST = /^([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::([0-9]+))?$/;

/** Decides which host and scheme a request has come to. */
export class RequestTrust {
  readonly #allowed: readonly string[] | undefined;
  readonly #usesForwardedHost: boolean;
  readonly #usesForwardedPort: boolean;
  readonly #sslHeader: readonly [header: string, value: string] | undefined;

  constructor({
    allowedHosts,
    useXForwardedHost = false,
    useXForwardedPort = false,
    secureProxySslHeader,
  }: RequestTrustOptions = {}) {
    if (secureProxySslHeader !== undefined && secureProxySslHeader.length !== 2) {
      throw new ImproperlyConfiguredError(
        "secureProxySslHeader needs a header and its value, for example ['X-Forwarded-Proto', 'https'].",
      );
    }
    this.#allowed = (allowedHosts?.length === 0 ? LOCAL_HOSTS : allowedHosts)?.map((host) =>
      host.toLowerCase(),
    );
    this.#usesForwardedHost = useXForwardedHost;
    this.#usesForwardedPort = useXForwardedPort;
    this.#sslHeader = secureProxySslHeader;
  }

  /** Returns the host as it was sent, with the port and unchecked. */
  rawHost(request: HttpRequest): string {
    const forwarded = this.#usesForwardedHost ? request.header('x-forwarded-host') : undefined;
    return forwarded ?? request.header(':authority') ?? request.header('host') ?? ownAddress(request);
  }

  /**
   * Returns the host, with the port, once it is one that we answer for.
   *
   * @throws DisallowedHostException
   */
  host(request: HttpRequest): string {
    const host = this.rawHost(request);
    const [, name] = HOST.exec(host.toLowerCase()) ?? [];
    if (name === undefined) throw new DisallowedHostException(host);
    const bare = name.endsWith('.') ? name.slice(0, -1) : name;
    if (this.#allowed !== undefined && !this.#allowed.some((pattern) => matchesHost(bare, pattern))) {
      throw new DisallowedHostException(host);
    }
    return host;
  }

  /** Returns the port that the client came to; that of the scheme where nobody names one. */
  port(request: HttpRequest): number {
    const forwarded = this.#usesForwardedPort ? request.header('x-forwarded-port') : undefined;
    const [, , named] = HOST.exec(this.rawHost(request).toLowerCase()) ?? [];
    return Number(forwarded ?? named ?? (request.isSecure ? 443 : 80));
  }

  /** Says whether the client came over HTTPS. */
  isSecure(request: HttpRequest, isEncrypted: boolean): boolean {
    const said = this.#sslHeader && request.header(this.#sslHeader[0]);
    // A chain of proxies appends: the first word is the one nearest to the client.
    return said === undefined ? isEncrypted : said.split(',')[0]!.trim() === this.#sslHeader![1];
  }
}

/** HTTP/1.0 need not name a host: it means the address that it has come to. */
function ownAddress({ raw }: HttpRequest): string {
  const { localAddress = '', localPort = 80 } = raw.socket ?? {};
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/** Tells whether a host is the pattern, or under it where the pattern begins with a dot. */
export function matchesHost(host: string, pattern: string): boolean {
  if (pattern === '*') return true;
  return pattern.startsWith('.') ? host === pattern.slice(1) || host.endsWith(pattern) : host === pattern;
}
