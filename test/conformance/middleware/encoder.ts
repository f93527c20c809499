import type { Observation } from './middleware-case.js';
import type { RawResponse } from './client.js';

const ERROR_PAGES = new Set(['<default error page>', '<debug error page>']);
const ERROR_PAGE = '<error page>';

/** Encodes answers as they were recorded, numbering what is random in the order in which it is first seen. */
export class Encoder {
  readonly #tokens = new Map<string, string>();

  /** @param names The headers that were recorded of any case; the others belong to the platforms. */
  constructor(private readonly names: ReadonlySet<string>) {}

  encode({ status, headers, body }: RawResponse, expected: Observation | undefined): Observation {
    const shown = Object.fromEntries(
      [...this.names]
        // A server counts the bytes of every answer; it means something where Django's middleware does it.
        .filter((name) => name !== 'Content-Length' || expected?.headers['Content-Length'] !== undefined)
        .flatMap((name) => {
          const value = headers[name.toLowerCase()];
          return value === undefined ? [] : [[name, String(value)]];
        }),
    );
    const cookies = headers['set-cookie']?.map((line) => this.#cookie(line));
    return normalise({
      status,
      headers: shown,
      body: isErrorPage(status, body) ? ERROR_PAGE : body,
      ...(headers['transfer-encoding'] === 'chunked' ? { streaming: true } : {}),
      ...(cookies === undefined ? {} : { set_cookie: cookies }),
    });
  }

  #cookie(line: string): string {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=', 2);
    return [`${name}=${this.#value(name, value)}`, ...attributes].join('; ');
  }

  #value(name: string, value: string): string {
    if (name === 'messages') return value === '' ? '' : '<signed messages>';
    if (value.length < 32) return value;
    if (!this.#tokens.has(value)) this.#tokens.set(value, `<token${this.#tokens.size + 1}>`);
    return this.#tokens.get(value)!;
  }
}

/** Brings a recorded answer and one of ours to one spelling. */
export function normalise(observation: Observation): Observation {
  const isPage = ERROR_PAGES.has(observation.body) || observation.body === ERROR_PAGE;
  const { 'Content-Length': length, ...headers } = observation.headers;
  return {
    ...observation,
    body: isPage ? ERROR_PAGE : observation.body,
    // The length of an error page is that of whoever wrote it.
    headers: isPage || length === undefined ? headers : { ...headers, 'Content-Length': length },
    ...(observation.set_cookie === undefined ? {} : { set_cookie: observation.set_cookie.map(sorted) }),
  };
}

/** The attributes of a cookie have no order, and an empty value may be quoted. */
function sorted(line: string): string {
  const [pair = '', ...attributes] = line.split('; ');
  const spelled = attributes
    .map((attribute) => attribute.replace(/^[^=]+/, (name) => name.toLowerCase()))
    .sort();
  return [pair.replace(/=""$/, '='), ...spelled].join('; ');
}

function isErrorPage(status: number, body: string): boolean {
  return status >= 400 && /^\{"(statusCode|message)"/.test(body);
}
