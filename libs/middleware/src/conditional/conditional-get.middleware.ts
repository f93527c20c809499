import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { answerConditionally, readDate } from './preconditions.js';

/**
 * Gives every GET an `ETag` and answers 304 to a client that has the same bytes already.
 *
 * Django: `ConditionalGetMiddleware`.
 */
@Injectable()
export class ConditionalGetMiddleware implements Middleware {
  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const response = await next();
    return request.method === 'GET' ? conditionally(request, response) : response;
  }
}

/** Adds an `ETag` made of the bytes, and answers 304 or 412 in place of the response where the request says so. */
export function conditionally(request: HttpRequest, response: HttpResponse): HttpResponse {
  const { headers } = response;
  if (!headers.has('ETag') && !isNotToBeStored(headers.get('Cache-Control'))) addETag(response);
  const validators = { etag: headers.get('ETag'), lastModified: readDate(headers.get('Last-Modified')) };
  const isSuccess = response.status >= 200 && response.status < 300;
  if (!isSuccess || (validators.etag === undefined && validators.lastModified === undefined)) return response;
  const answer = answerConditionally(request, validators, response);
  if (answer !== undefined && response.isStreaming) discard(response);
  return answer ?? response;
}

function addETag(response: HttpResponse): void {
  if (response.isStreaming || response.bytes.length === 0) return;
  // A tag names bytes, it guards nothing: the shortest digest is good enough.
  response.headers.set('ETag', `"${createHash('md5').update(response.bytes).digest('hex')}"`);
}

function isNotToBeStored(cacheControl: string | undefined): boolean {
  return cacheControl?.split(',').some((directive) => directive.trim().toLowerCase() === 'no-store') === true;
}

function discard(response: HttpResponse): void {
  const { body } = response;
  if ('destroy' in body) body.destroy();
}
