import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { HttpHeaders, type HeaderValue } from '../http/http-headers.js';

type Head =
  OutgoingHttpHeaders | readonly (OutgoingHttpHeader | readonly [string, HeaderValue])[] | undefined;

/** Every response of HTTP/1 has it, only the types do not. */
type WithRawNames = ServerResponse & { getRawHeaderNames?(): string[] };

/** Reads the headers of a raw response and those of its `writeHead()`, when somebody asks for them. */
export class RawHeaders implements Iterable<[string, HeaderValue]> {
  constructor(
    private readonly raw: ServerResponse,
    private readonly head: Head,
  ) {}

  *[Symbol.iterator](): Generator<[string, HeaderValue]> {
    const { raw } = this;
    for (const name of (raw as WithRawNames).getRawHeaderNames?.() ?? raw.getHeaderNames())
      yield [name, raw.getHeader(name) as HeaderValue];
    if (this.head !== undefined) yield* readHead(this.head);
  }
}

/** Reads what `writeHead()` takes: an object, a flat list of names and values, or a list of pairs. */
function readHead(head: NonNullable<Head>): Iterable<[string, HeaderValue]> {
  if (!Array.isArray(head)) {
    return Object.entries(head as OutgoingHttpHeaders).filter(([, value]) => value !== undefined) as [
      string,
      HeaderValue,
    ][];
  }
  const headers = new HttpHeaders();
  if (Array.isArray(head[0])) {
    for (const [name, value] of head as [string, HeaderValue][]) append(headers, name, value);
  } else {
    for (let at = 0; at < head.length; at += 2)
      append(headers, String(head[at]), head[at + 1] as HeaderValue);
  }
  return headers as Iterable<[string, HeaderValue]>;
}

function append(headers: HttpHeaders, name: string, value: HeaderValue): void {
  if (typeof value === 'object') for (const line of value) headers.append(name, line);
  else headers.append(name, String(value));
}
