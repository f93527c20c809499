import {
  type HttpRequest,
  HttpResponse,
  type Middleware,
  type NextResponse,
  patchVary,
} from '@nest-quintet/middleware';
import { requestContext } from '@nest-quintet/core';
import { Injectable } from '@nestjs/common';
import { Liquid } from 'liquidjs';
import { requestId } from '../http/request-id.middleware.js';
import { wantsHtml } from './wants-html.js';

/** The body that Nest's exception filters make. */
interface ErrorBody {
  readonly message?: string | readonly string[];
  readonly errors?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Shows what went wrong as a page to those who asked for one, whoever said so: a handler, a guard, the router, another
 * middleware. Django: `handler404`, `handler500`.
 */
@Injectable()
export class ErrorPagesMiddleware implements Middleware {
  constructor(private readonly templates: Liquid) {}

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const response = await next();
    if (response.status < 400 || !isJson(response)) return response;
    patchVary(response, ['Accept']);
    if (!wantsHtml(request.header('accept'))) return response;
    const { status } = response;
    if (status === 401) return toLogin(request);
    const { message, errors = {} } = JSON.parse(response.text) as ErrorBody;
    response.body = (await this.templates.renderFile(templateOf(status), {
      path: request.path,
      status,
      message: [message ?? ''].flat().join(' '),
      problems: Object.entries(errors).map(([field, problems]) => `${field}: ${problems.join('; ')}`),
      requestId: requestContext.get(requestId),
    })) as string;
    response.headers.set('Content-Type', 'text/html; charset=utf-8');
    return response;
  }
}

function isJson(response: HttpResponse): boolean {
  return (
    !response.isStreaming && response.headers.get('Content-Type')?.startsWith('application/json') === true
  );
}

/** Whoever has to be somebody first comes back afterwards. */
function toLogin({ path, method }: HttpRequest): HttpResponse {
  const query = method === 'GET' ? `?${new URLSearchParams({ next: path }).toString()}` : '';
  return HttpResponse.redirect(`/login${query}`, { status: 303, headers: { Vary: 'Accept' } });
}

/** The page of a 500 asks nothing of anybody: what it needs may be what has failed. */
function templateOf(status: number): string {
  if (status >= 500) return 'pages/500';
  return status === 404 ? 'pages/404' : 'pages/error';
}
