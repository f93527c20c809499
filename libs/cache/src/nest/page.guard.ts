import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ResponseLayers } from '../pages/compile-layers.js';
import { isConditional } from '../pages/page-answer.js';
import type { PageCache } from '../pages/page-cache.js';
import { RoutedRequest } from '../pages/page-request.js';
import type { PageVisit } from '../pages/page-visit.js';
import { replyWithPage, writePage } from '../pages/write-page.js';
import { PageLayers } from './page-layers.js';
import { PageVisits } from './page-visits.js';

type Reply = Parameters<typeof replyWithPage>[0];

/** Express's response, and Fastify's reply around one. */
interface PlatformResponse {
  readonly raw?: ServerResponse;
  getHeaders(): Record<string, unknown>;
}

/**
 * Answers with a kept page, as the last guard of a route.
 *
 * What is kept is what came out of all interceptors, so that none of them may see it again; and no request that a
 * guard has turned away comes this far.
 */
@Injectable()
export class PageGuard implements CanActivate {
  #isOnFastify: boolean | undefined;

  constructor(
    private readonly layers: PageLayers,
    private readonly visits: PageVisits,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const layers = this.layers.get(context.getClass(), context.getHandler());
    if (!layers?.page || context.getType() !== 'http') return true;
    const request = context.getArgByIndex<object>(0);
    const raw = this.#isFastify ? (request as { raw: IncomingMessage }).raw : (request as IncomingMessage);
    const visit = layers.page.enter(new RoutedRequest(request, raw), request);
    const response = context.getArgByIndex<object>(1);
    if (!(visit instanceof Promise)) return this.#settle(visit, request, response, layers);
    return visit.then((looked) => this.#settle(looked, request, response, layers));
  }

  /** There may be no adapter yet when the guard is made. */
  get #isFastify(): boolean {
    return (this.#isOnFastify ??= this.adapterHost.httpAdapter.getType() === 'fastify');
  }

  #settle(
    visit: PageVisit,
    request: object,
    response: object,
    layers: ResponseLayers,
  ): boolean | Promise<boolean> {
    if (visit.outcome !== 'HIT' && visit.outcome !== 'STALE') {
      this.#note(visit, request, response as PlatformResponse, layers.page!);
      return true;
    }
    this.#answer(visit, response, layers);
    // A guard can let a request pass or turn it away, and not say that it is answered. So nothing is ever said: what
    // waits for it is let go together with the request.
    return new Promise(() => {});
  }

  #note(visit: PageVisit, request: object, response: PlatformResponse, page: PageCache): void {
    // Fastify hands out its own.
    this.visits.note(request, { visit, outer: { ...response.getHeaders() } });
    if (!visit.turn) return;
    // An interceptor may answer by itself, so that nobody else would tell those who wait.
    const raw = response.raw ?? (response as unknown as ServerResponse);
    raw.once('close', () => page.abandon(visit));
  }

  #answer(visit: PageVisit, response: object, { page, outer }: ResponseLayers): void {
    const { header } = page!.options;
    if (outer.length > 0 || isConditional(visit.request)) {
      const answer = page!.answer(visit);
      for (const patch of outer) patch(answer);
      this.adapterHost.httpAdapter.reply(response, answer);
    } else if (this.#isFastify) {
      replyWithPage(response as Reply, visit.page!, visit.outcome, header);
    } else {
      writePage(response as ServerResponse, visit.page!, visit.outcome, header);
    }
  }
}
