import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { All, Controller, Inject, Req, type Type } from '@nestjs/common';
import { Cache } from '@nest-quintet/cache';
import { HttpResponse, TemplateResponse } from '@nest-quintet/middleware';
import { makeError } from '../middleware/python-errors.js';
import { TRAILING_SLASH } from '../middleware/views.js';
import { decoratorsOf } from './decorators.js';
import type { ViewSpec } from './http-case.js';

/** What is counted while a case runs. */
export interface Runs {
  count: number;
}

/** The view that empties the default cache. */
const CLEARING = '/clear/';

/** Makes a controller of one recorded view. */
export async function viewController(path: string, spec: ViewSpec, all: Runs): Promise<Type<unknown>> {
  class View {
    #runs = 0;

    constructor(readonly cache: Cache) {}

    async view(request: {
      raw?: IncomingMessage;
      session?: { get(key: string): unknown };
    }): Promise<unknown> {
      all.count++;
      // Where there is a session the recorded view reads it.
      request.session?.get('user');
      if (path === CLEARING) await this.cache.clear();
      return answer(spec, request.raw ?? (request as unknown as IncomingMessage), ++this.#runs);
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(View.prototype, 'view')!;
  Inject(Cache)(View, undefined, 0);
  Req()(View.prototype, 'view', 0);
  for (const decorate of await decoratorsOf(spec)) decorate(View.prototype, 'view', descriptor);
  All(path.endsWith('/') ? `${path}${TRAILING_SLASH}` : path)(View.prototype, 'view', descriptor);
  Controller()(View);
  return View;
}

function answer(spec: ViewSpec, { headers: asked }: IncomingMessage, run: number): unknown {
  if (spec.raises !== undefined) throw makeError(spec.raises);
  if (spec.template) return new TemplateResponse('page', { body: `body of run ${run}` });
  const { status = 200, content_type = 'text/html; charset=utf-8', cookies = {} } = spec;
  const headers = { 'Content-Type': content_type, ...spec.headers };
  const response = spec.stream
    ? HttpResponse.stream(Readable.from(spec.stream.map((chunk) => Buffer.from(chunk))), { status, headers })
    : HttpResponse.bytes(bodyOf(spec, asked, run), { status, headers });
  for (const [name, value] of Object.entries(cookies))
    response.headers.append('Set-Cookie', `${name}=${value}; Path=/`);
  return response;
}

function bodyOf(
  { body = 'run {n}', repeat = 1, sha_bytes }: ViewSpec,
  asked: IncomingMessage['headers'],
  run: number,
): Buffer {
  if (sha_bytes !== undefined) {
    const digests = Array.from({ length: Math.ceil(sha_bytes / 32) }, (_, index) =>
      createHash('sha256').update(String(index)).digest(),
    );
    return Buffer.concat(digests).subarray(0, sha_bytes);
  }
  const cookie = /(?:^|; )c=([^;]*)/.exec(asked.cookie ?? '')?.[1] ?? '';
  const text = body
    .replaceAll('{n}', String(run))
    .replaceAll('{lang}', asked['accept-language'] ?? '')
    .replaceAll('{cookie}', cookie);
  return Buffer.from(text.repeat(repeat));
}
