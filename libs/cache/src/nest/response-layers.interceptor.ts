import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { onResponse, type HttpResponse } from '@nest-quintet/middleware';
import { tap, type Observable } from 'rxjs';
import type { ResponseLayers } from '../pages/compile-layers.js';
import { PageLayers } from './page-layers.js';
import { PageVisits, type NotedVisit } from './page-visits.js';

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
    const noted = this.visits.of(request);
    return noted
      ? this.#throughCache(noted, { request, layers, next })
      : around(request, next, (made, { hasFailed }) => {
          if (!hasFailed) patch(made, layers.inner);
        });
  }

  #throughCache({ visit, outer: outerHeaders }: NotedVisit, route: Route): Observable<unknown> {
    const { request, next } = route;
    const { inner, page, outer } = route.layers;
    return around(request, next, async (made, { hasFailed, isFile }) => {
      // What an exception filter makes of an error is none of the handler's; a page that is left is better.
      if (hasFailed && !(visit.page && made.status >= 500)) return page!.abandon(visit);
      patch(made, inner);
      const answer = await page!.leave(visit, made, { outer: outerHeaders, isFile });
      patch(answer ?? made, outer);
      return answer;
    });
  }
}

interface Route {
  readonly request: object;
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
