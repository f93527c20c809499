import { hash, PageAddress } from './page-address.js';
import type { PageRequest } from './page-request.js';

export interface PageAddressOptions {
  readonly keyPrefix: string;
  /** The query parameters that make a difference; absent, the query as it arrived does. */
  readonly query?: readonly string[];
  /** The language of requests for which none was chosen. */
  readonly language?: string;
}

/** The addresses of one host, in one language, by path. */
interface Site {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly language: string | undefined;
  readonly addresses: Map<string, PageAddress>;
}

const MAX_SITES = 20;
const MAX_ADDRESSES = 1_000;
/** Longer ones are not remembered, so that what is has a bound. */
const MAX_LENGTH = 1_000;

/** Finds the address of a request: all that tells two pages apart, whatever their headers. */
export class PageAddresses {
  #sites: Site[] = [];
  readonly #prefix: string;
  readonly #query: readonly string[] | undefined;
  readonly #language: string | undefined;

  /** @param makeKey Makes the key under which the store knows an entry. */
  constructor(
    { keyPrefix, query, language }: PageAddressOptions,
    private readonly makeKey: (key: string) => string,
  ) {
    this.#prefix = JSON.stringify(keyPrefix);
    this.#query = query;
    this.#language = language;
  }

  /** @param method Whose page is meant: a request for HEAD is answered from that of GET. */
  of(request: PageRequest, method: string): PageAddress {
    const site = this.#siteOf(request, method);
    const path = this.#query ? listedPath(request, this.#query) : request.url;
    const known = site.addresses.get(path);
    if (known) return known;
    const address = this.#make(site, path);
    if (path.length > MAX_LENGTH) return address;
    if (site.addresses.size >= MAX_ADDRESSES) site.addresses.clear();
    site.addresses.set(path, address);
    return address;
  }

  #siteOf({ scheme, host, language = this.#language }: PageRequest, method: string): Site {
    for (const site of this.#sites) {
      const isSame = site.host === host && site.language === language && site.scheme === scheme;
      if (isSame && site.method === method) return site;
    }
    const site = { method, scheme, host, language, addresses: new Map<string, PageAddress>() };
    if (host.length <= MAX_LENGTH) this.#sites = [site, ...this.#sites.slice(0, MAX_SITES - 1)];
    return site;
  }

  #make({ method, scheme, host, language }: Site, path: string): PageAddress {
    const bare = path.endsWith('?') ? path.slice(0, -1) : path;
    // Neither the request line nor a header has a line break in it, so that no separator can be imitated.
    const text = [this.#prefix, method, scheme, host, language ?? '', bare].join('\n');
    const key = `page:${method}:${hash(text)}`;
    return new PageAddress({ key, made: this.makeKey(key) }, this.makeKey, language);
  }
}

function listedPath({ url, query }: PageRequest, names: readonly string[]): string {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  const values = names.map((name) => (Object.hasOwn(query, name) ? query[name] : null));
  return `${path}\n${JSON.stringify(values)}`;
}
