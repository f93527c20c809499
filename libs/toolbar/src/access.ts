import type { HttpRequest } from '@nest-quintet/middleware';

/** Decides who may see what requests did. */
export class Access {
  readonly #allowed: ReadonlySet<string>;
  readonly #proxies: ReadonlySet<string>;

  /**
   * @param allow The addresses that may see it.
   * @param trustedProxies The addresses whose `X-Forwarded-For` is believed; nobody else's is.
   */
  constructor(allow: readonly string[], trustedProxies: readonly string[] = []) {
    this.#allowed = new Set(allow.map(normalized));
    this.#proxies = new Set(trustedProxies.map(normalized));
  }

  /** Says whether whoever sent a request may see the toolbar. */
  isAllowed(request: HttpRequest): boolean {
    return this.#allowed.has(this.clientOf(request));
  }

  /** Returns the address that a request came from: the connection's, or what a trusted proxy says. */
  clientOf(request: HttpRequest): string {
    let address = normalized(request.raw.socket?.remoteAddress ?? '');
    const forwarded = request.header('x-forwarded-for')?.split(',') ?? [];
    // Each proxy appends whom it heard: the last one that is no proxy of ours is the client.
    while (this.#proxies.has(address) && forwarded.length > 0) address = normalized(forwarded.pop()!.trim());
    return address;
  }
}

/** IPv4 addresses reach an IPv6 socket in a spelling of their own. */
function normalized(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

const LOCAL_NAMES = /^(localhost|.*\.localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])(:\d+)?$/i;

/**
 * Says whether a request names a host that no stranger can make a browser take for this machine.
 *
 * A page elsewhere could point its own name here (DNS rebinding) and read what only this machine may see.
 */
export function hasLocalName(request: HttpRequest): boolean {
  return LOCAL_NAMES.test(request.host);
}
