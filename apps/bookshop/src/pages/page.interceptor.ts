import { HttpResponse, messages, TemplateResponse } from '@nest-quintet/middleware';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { catchError, map, type Observable } from 'rxjs';
import { InvalidInputException } from '../http/validation.pipe.js';
import { Done, Shown } from './answers.js';
import { PAGE, type PageMetadata } from './page.decorator.js';
import { wantsHtml } from './wants-html.js';

/** One request for a page. */
interface Visit {
  readonly page: PageMetadata;
  readonly controller: unknown;
  readonly request: Request;
  readonly response: Response;
}

/** Turns what a handler returns into JSON or into a page: see `@Page()`. */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const visit: Visit = {
      page: this.reflector.get<PageMetadata>(PAGE, context.getHandler()),
      controller: this.modules.get(context.getClass(), { strict: false }),
      request: http.getRequest<Request>(),
      response: http.getResponse<Response>(),
    };
    const isPage = wantsHtml(visit.request.headers.accept, visit.page.unasked);
    // Said only now that the handler is through: it is the page's own, and the page cache keeps it with the page.
    if (!isPage) return next.handle().pipe(map((value) => (visit.response.vary('Accept'), dataOf(value))));
    return next.handle().pipe(
      map((value) => answer(value, visit)),
      catchError((error: unknown) => showAgain(error, visit)),
    );
  }
}

function dataOf(value: unknown): unknown {
  return value instanceof Shown || value instanceof Done ? value.data : value;
}

function answer(value: unknown, visit: Visit): unknown {
  if (value instanceof HttpResponse) return value;
  if (!(value instanceof Done)) return render(value, visit);
  if (value.message !== undefined) messages(visit.request).add('success', value.message);
  return HttpResponse.redirect(value.next, { status: 303, headers: { Vary: 'Accept' } });
}

async function showAgain(error: unknown, visit: Visit): Promise<TemplateResponse> {
  const { page, controller, request, response } = visit;
  if (!(error instanceof InvalidInputException)) throw error;
  const shown = await page.again?.(controller, request);
  if (!shown) throw error;
  response.status(400);
  const values: unknown = request.method === 'GET' ? request.query : request.body;
  return render(shown, visit, { form: { values, errors: error.errors } });
}

function render(value: unknown, { page, request, response }: Visit, more: object = {}): TemplateResponse {
  response.vary('Accept');
  // Browsers ask each time, and are told quickly by the page cache; what somebody is told once is not kept at all.
  const isTold = messages(request).length > 0;
  response.setHeader('Cache-Control', isTold ? 'private, no-store' : 'max-age=0, must-revalidate');
  const context = value instanceof Shown ? value.context : {};
  return new TemplateResponse(page.template, {
    path: request.path,
    ...(dataOf(value) as object),
    ...context,
    ...more,
  });
}
