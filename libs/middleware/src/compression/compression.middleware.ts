import { pipeline, type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { choices, ImproperlyConfiguredError } from '@nest-quintet/core';
import compressible from 'compressible';
import Negotiator from 'negotiator';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import { patchVary } from '../http/vary.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import { type Encoder, encoders, paddedGzip } from './encoders.js';

export interface CompressionOptions {
  /** The codings to choose from, best first; those that the runtime has of `br`, `zstd`, `gzip` when left out. */
  encodings?: readonly string[];
  /** The least number of bytes worth the work; 200 when left out, as in Django. */
  minLength?: number;
  /** Compresses streams too, each chunk as it comes; `true` when left out, as in Django. */
  streams?: boolean;
  /** Hides the length of what was compressed behind random bytes; gzip only, as in Django. */
  breachSafe?: boolean;
}

/**
 * Compresses what the client can read compressed. Django: `GZipMiddleware`.
 *
 * Types that are compressed by nature, such as images, are left as they are.
 */
@Injectable()
export class CompressionMiddleware implements Middleware {
  readonly #encoders: ReadonlyMap<string, Encoder>;
  readonly #minLength: number;
  readonly #streams: boolean;

  constructor(
    @MiddlewareOptions()
    { encodings, minLength = 200, streams = true, breachSafe = false }: CompressionOptions = {},
  ) {
    this.#minLength = minLength;
    this.#streams = streams;
    this.#encoders = breachSafe ? new Map([['gzip', paddedGzip]]) : choose(encodings ?? [...encoders.keys()]);
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const response = await next();
    if (!this.#isWorthIt(response)) return response;
    patchVary(response, ['Accept-Encoding']);
    const encoder = this.#accepted(request);
    if (encoder === undefined) return response;
    if (response.isStreaming) stream(response, encoder);
    else await compress(response, encoder);
    return response;
  }

  #isWorthIt(response: HttpResponse): boolean {
    const { headers, status } = response;
    if (headers.has('Content-Encoding') || status === 204 || status === 304 || status === 206) return false;
    if (response.isStreaming ? !this.#streams : response.bytes.length < this.#minLength) return false;
    if (headers.get('Cache-Control')?.includes('no-transform') === true) return false;
    const type = headers.get('Content-Type');
    return type === undefined || compressible(type) === true;
  }

  #accepted(request: HttpRequest): Encoder | undefined {
    if (request.header('accept-encoding') === undefined) return undefined;
    const names = [...this.#encoders.keys()];
    const negotiator = new Negotiator(request.raw) as unknown as WithPreference;
    const name = negotiator.encodings([...names, 'identity'], { preferred: names })[0];
    return name === undefined ? undefined : this.#encoders.get(name);
  }
}

/** The types of the library are older than its order of preference. */
interface WithPreference {
  encodings(available: readonly string[], options: { preferred: readonly string[] }): string[];
}

function choose(names: readonly string[]): ReadonlyMap<string, Encoder> {
  return new Map(
    names.map((name) => {
      const encoder = encoders.get(name);
      if (encoder !== undefined) return [name, encoder];
      throw new ImproperlyConfiguredError(
        `CompressionMiddleware: this runtime has no coding "${name}". ${choices(encoders.keys())}`,
      );
    }),
  );
}

async function compress(response: HttpResponse, encoder: Encoder): Promise<void> {
  const compressed = await encoder.encode(response.bytes);
  if (compressed.length < response.bytes.length) replace(response, compressed, encoder);
}

function stream(response: HttpResponse, encoder: Encoder): void {
  const stages = encoder.stages();
  // A failure anywhere ends them all; the writer cuts the connection.
  pipeline([response.body as Readable, ...stages], () => undefined);
  replace(response, stages.at(-1)!, encoder);
}

function replace(response: HttpResponse, body: Buffer | Readable, { name }: Encoder): void {
  const etag = response.headers.get('ETag');
  response.body = body;
  response.headers.set('Content-Encoding', name);
  // The bytes differ from run to run, what they mean does not.
  if (etag !== undefined) response.headers.set('ETag', etag.startsWith('W/') ? etag : `W/${etag}`);
}
