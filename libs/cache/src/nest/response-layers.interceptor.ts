import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { onResponse, type HttpResponse } from '@nest-quintet/middleware';
import type { ServerResponse } from 'node:http';
import { catchError, of, throwError, type Observable } from 'rxjs';
import type { ResponseLayers } from '../pages/compile-layers.js';
import { readPageRequest } from '../pages/page-request.js';
import { PageLayers, type HandlerLayers } from './page-layers.js';

/** Express's response, and Fastify's reply around one. */
interface PlatformResponse {
  readonly raw?: ServerResponse;
  getHeaders(): Record<string, unknown>;
}

/** Runs the layers around a handler: answers with a kept page, or completes and keeps what the handler makes. */
@Injectable()
export class ResponseLayersInterceptor implements NestInterceptor {
  /** A controller and its handler may both be decorated; one run does for both. */
  readonly #seen = new WeakSet<object>();

  constructor(
    private readonly layers: PageLayers,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const layers = this.layers.get(context.getClass(), context.getHandler());
    if (!layers || context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<object>();
    if (this.#seen.has(request)) return next.handle();
    this.#seen.add(request);
    const response = context.switchToHttp().getResponse<PlatformResponse>();
    return layers.page
      ? this.#throughCache(request, response, layers, next)
      : around(request, next, (made) => patch(made, layers.inner));
  }

  async #throughCache(
    request: object,
    response: PlatformResponse,
    { inner, page, outer, writesItself }: HandlerLayers,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    const visit = await page!.enter(readPageRequest(request), request);
    if (visit.hit) {
      patch(visit.hit, outer);
      if (writesItself) this.adapterHost.httpAdapter.reply(response, visit.hit);
      return of(visit.hit);
    }
    const before = response.getHeaders();
    const raw = response.raw ?? (response as unknown as ServerResponse);
    if (visit.flight) raw.once('close', () => page!.abandon(visit));
    return around(
      request,
      next,
      async (made) => {
        patch(made, inner);
        await page!.leave(visit, made, before);
        patch(made, outer);
      },
      () => page!.abandon(visit),
    );
  }
}

/** Has `complete` see what the handler returned, and nothing of what an exception filter makes of an error. */
function around(
  request: object,
  next: CallHandler,
  complete: (response: HttpResponse) => void | Promise<void>,
  fail = () => {},
): Observable<unknown> {
  let hasFailed = false;
  onResponse(request, (response) => (hasFailed ? undefined : complete(response)));
  return next.handle().pipe(
    catchError((error: unknown) => {
      hasFailed = true;
      fail();
      return throwError(() => error);
    }),
  );
}

function patch(response: HttpResponse, patches: ResponseLayers['inner']): void {
  for (const apply of patches) apply(response);
}
