import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import { routeMetadata } from '../pipeline/route-metadata.decorator.js';

const FRAME_OPTIONS = routeMetadata<string | null>('frame options');

export interface FrameOptionsOptions {
  /** `'DENY'` when left out, or `'SAMEORIGIN'`. Django: `X_FRAME_OPTIONS`. */
  xFrameOptions?: string;
}

/** Lets a handler's pages stand in frames. Django: `xframe_options_exempt`. */
export const FrameOptionsExempt = (): MethodDecorator & ClassDecorator => FRAME_OPTIONS.decorate(null);

/** Gives a handler's pages an `X-Frame-Options` of their own. Django: `xframe_options_sameorigin`, `xframe_options_deny`. */
export const FrameOptions = (value: 'DENY' | 'SAMEORIGIN'): MethodDecorator & ClassDecorator =>
  FRAME_OPTIONS.decorate(value);

/** Keeps pages out of other sites' frames. Django: `XFrameOptionsMiddleware`. */
@Injectable()
export class FrameOptionsMiddleware implements Middleware {
  readonly #value: string;

  constructor(
    private readonly reflector: Reflector,
    @MiddlewareOptions() { xFrameOptions = 'DENY' }: FrameOptionsOptions = {},
  ) {
    this.#value = xFrameOptions.toUpperCase();
  }

  processView(context: ExecutionContext): void {
    FRAME_OPTIONS.remember(this.reflector, context);
  }

  async handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    const response = await next();
    const own = FRAME_OPTIONS.of(request);
    if (own !== null) response.headers.setDefault('X-Frame-Options', own ?? this.#value);
    return response;
  }
}
