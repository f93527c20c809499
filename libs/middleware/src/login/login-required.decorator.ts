import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import { exchangeOf } from '../pipeline/on-response.js';
import { routeMetadata } from '../pipeline/route-metadata.decorator.js';
import { isLoggedIn, type LoginOptions, redirectToLogin } from './login-redirect.js';

/** What a route says of logging in: nothing is needed, or where to do it. */
export const LOGIN = routeMetadata<false | LoginOptions>('login');

/** Opens a handler to everybody under `LoginRequiredMiddleware`. Django: `login_not_required`. */
export const LoginNotRequired = (): MethodDecorator & ClassDecorator => LOGIN.decorate(false);

/** Sends visitors who are not logged in to the login page. Django: `login_required`. */
export function LoginRequired(options: LoginOptions = {}): MethodDecorator & ClassDecorator {
  return applyDecorators(LOGIN.decorate(options), UseInterceptors(new LoginRequiredInterceptor(options)));
}

class LoginRequiredInterceptor implements NestInterceptor {
  constructor(private readonly options: LoginOptions) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { request } = exchangeOf(context.switchToHttp().getRequest<object>());
    if (await isLoggedIn(request, this.options)) return next.handle();
    return of(redirectToLogin(request, this.options));
  }
}
