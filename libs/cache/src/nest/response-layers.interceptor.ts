import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { onResponse, type HttpResponse } from '@nest-quintet/middleware';
import type { ServerResponse } from 'node:http';
import { tap, type Observable } from 'rxjs';
import type { ResponseLayers } from '../pages/compile-layers.js';
import { PageLayers } from './page-layers.js';
import { PageVisits } from './page-visits.js';
import type { PageVisit } from '../pages/page-visit.js';

/** Express's response, and Fastify's reply around one. */
interface PlatformResponse {
  readonly raw?: ServerResponse;
  getHeaders(): Record<string, unknown>;
}

/** Runs the layers around a handler: completes and keeps what it makes. */
@Injectable()
export class ResponseLayersInterceptor implements NestInterceptor {
  /** A controller and its handler may both be decorated; one run does for both. */
  readonly #seen = new WeakSet<object>();

  constructor(
    private readonly layers: PageLayers,
    private readonly visits: PageVisits,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const layers = this.layers.get(context.getClass(), context.getHandler());
    if (!layers || context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<object>();
    if (this.#seen.has(request)) return next.handle();
    this.#seen.add(request);
    const visit = this.visits.of(request);
    const response = context.switchToHttp().getResponse<PlatformResponse>();
    return visit
      ? this.#throughCache(visit, { request, response, layers, next })
      : around(request, next, (made, { hasFailed }) => {
          if (!hasFailed) patch(made, layers.inner);
        });
  }

  #throughCache(visit: PageVisit, route: Route): Observable<unknown> {
    const { request, response, next } = route;
    const { inner, page, outer } = route.layers;
    const before = response.getHeaders();
    if (visit.flight) {
      const raw = response.raw ?? (response as unknown as ServerResponse);
      raw.once('close', () => page!.abandon(visit));
    }
    return around(request, next, async (made, { hasFailed, isFile }) => {
      // What an exception filter makes of an error is none of the handler's; a page that is left is better.
      if (hasFailed && !(visit.page && made.status >= 500)) return page!.abandon(visit);
      patch(made, inner);
      const answer = await page!.leave(visit, made, { outer: before, isFile });
      patch(answer ?? made, outer);
      return answer;
    });
  }
}

interface Route {
  readonly request: object;
  readonly response: PlatformResponse;
  readonly layers: ResponseLayers;
  readonly next: CallHandler;
}

/** How a handler has ended. */
interface Ending {
  readonly hasFailed: boolean;
  readonly isFile: boolean;
}

/** Has `complete` see the response, and what the handler did. */
function around(
  request: object,
  next: CallHandler,
  complete: (response: HttpResponse, ending: Ending) => HttpResponse | void | Promise<HttpResponse | void>,
): Observable<unknown> {
  const ending = { hasFailed: false, isFile: false };
  onResponse(request, (response) => complete(response, ending));
  return next.handle().pipe(
    tap({
      next: (value) => (ending.isFile = value instanceof StreamableFile),
      error: () => (ending.hasFailed = true),
    }),
  );
}

function patch(response: HttpResponse, patches: ResponseLayers['inner']): void {
  for (const apply of patches) apply(response);
}
