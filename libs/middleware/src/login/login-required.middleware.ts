import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { HttpRequest } from '../http/http-request.js';
import type { HttpResponse } from '../http/http-response.js';
import { Exchange } from '../pipeline/exchange.js';
import type { Middleware, NextResponse } from '../pipeline/middleware.js';
import { MiddlewareOptions } from '../pipeline/middleware-options.decorator.js';
import { isLoggedIn, type LoginOptions, redirectToLogin } from './login-redirect.js';
import { LOGIN } from './login-required.decorator.js';

/** Sends visitors who are not logged in to the login page, except where `@LoginNotRequired()` says otherwise. */
@Injectable()
export class LoginRequiredMiddleware implements Middleware {
  constructor(
    private readonly reflector: Reflector,
    @MiddlewareOptions() private readonly options: LoginOptions = {},
  ) {}

  handle(_request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    return next();
  }

  async processView(context: ExecutionContext): Promise<HttpResponse | undefined> {
    const own = LOGIN.read(this.reflector, context);
    if (own === false) return undefined;
    const { request } = Exchange.of(context.switchToHttp().getRequest<object>())!;
    const options = { ...this.options, ...own };
    return (await isLoggedIn(request, options)) ? undefined : redirectToLogin(request, options);
  }
}
