import { CsrfMiddleware, type HttpResponse } from '@nest-quintet/middleware';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';

/** What a form of another site can send without asking us first. */
const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/**
 * Asks for a CSRF token wherever the page of another site could have made the browser send the request.
 *
 * Such a page can send a `POST` of the three types that forms have, or one without a body; browsers name its origin on
 * both. For JSON, and for `PATCH` and `DELETE`, they ask with a preflight first, which the shop does not answer. So
 * programs that speak JSON need no token, and a stolen click still buys nothing.
 */
@Injectable()
export class FormCsrfMiddleware extends CsrfMiddleware {
  override async processView(context: ExecutionContext): Promise<HttpResponse | undefined> {
    const request = context.switchToHttp().getRequest<Request>();
    if (!canBeForged(request)) return undefined;
    const answer = await super.processView(context);
    // The token has done its work: handlers see the fields that people filled in.
    delete (request.body as Record<string, unknown> | undefined)?.['csrfmiddlewaretoken'];
    return answer;
  }
}

function canBeForged({ method, headers }: Request): boolean {
  if (method !== 'POST') return false;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === undefined ? headers.origin !== undefined : formTypes.includes(type);
}
