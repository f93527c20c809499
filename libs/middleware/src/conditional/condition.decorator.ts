import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import { exchangeOf, onResponse } from '../pipeline/on-response.js';
import { conditionally } from './conditional-get.middleware.js';
import { answerConditionally, quoteETag } from './preconditions.js';

type OfRequest<T> = (request: any) => T | null | undefined | Promise<T | null | undefined>;

export interface ConditionOptions {
  /** Tells the resource's entity tag; it gets the request that the handler gets. */
  etag?: OfRequest<string>;
  /** Tells when the resource last changed. */
  lastModified?: OfRequest<Date>;
}

/**
 * Answers 304 or 412 before the handler runs, from an `ETag` or a date that is cheap to know.
 *
 * @example
 * \@Condition({ lastModified: ({ params }) => books.changedAt(params.id) })
 *
 * Django: `condition`.
 */
export function Condition(options: ConditionOptions): MethodDecorator & ClassDecorator {
  return applyDecorators(UseInterceptors(new ConditionInterceptor(options)));
}

/** Does for one handler what `ConditionalGetMiddleware` does for all. Django: `conditional_page`. */
export function ConditionalPage(): MethodDecorator & ClassDecorator {
  return applyDecorators(UseInterceptors(new ConditionalPageInterceptor()));
}

class ConditionInterceptor implements NestInterceptor {
  constructor(private readonly options: ConditionOptions) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const platform = context.switchToHttp().getRequest<object>();
    const request = exchangeOf(platform).request;
    const given = await this.options.etag?.(platform);
    const etag = given == null ? undefined : quoteETag(given);
    const lastModified = (await this.options.lastModified?.(platform)) ?? undefined;
    const answer = answerConditionally(request, { etag, lastModified });
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    onResponse(platform, ({ status, headers }) => {
      if (!isRead || (status >= 300 && status !== 304)) return;
      if (etag !== undefined) headers.setDefault('ETag', etag);
      if (lastModified !== undefined) headers.setDefault('Last-Modified', lastModified.toUTCString());
    });
    return answer === undefined ? next.handle() : of(answer);
  }
}

class ConditionalPageInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const platform = context.switchToHttp().getRequest<object>();
    const request = exchangeOf(platform).request;
    onResponse(platform, (response) =>
      request.method === 'GET' ? conditionally(request, response) : response,
    );
    return next.handle();
  }
}
