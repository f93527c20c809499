import type { HttpRequest, HttpResponse, Middleware, NextResponse } from '@nest-quintet/middleware';
import { type Session, SessionMiddleware } from '@nest-quintet/sessions';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { Injectable, type Type } from '@nestjs/common';

/** A visitor who is logged in. */
export interface User {
  name: string;
}

/**
 * Puts who is logged in on the request, as `request.user`.
 *
 * The session is looked at only when somebody asks: a page that is the same for everybody stays so.
 */
@Injectable()
export class AuthenticationMiddleware implements Middleware {
  handle(request: HttpRequest, next: NextResponse): Promise<HttpResponse> {
    request.define('user', {
      configurable: true,
      get(this: { session: Session }): User | undefined {
        const name = this.session.get('user');
        return name === undefined ? undefined : { name };
      },
    });
    return next();
  }

  checkOrder(order: readonly Type<Middleware>[]): void {
    const session = order.indexOf(SessionMiddleware);
    if (session >= 0 && session < order.indexOf(AuthenticationMiddleware)) return;
    throw new ImproperlyConfiguredError(
      'AuthenticationMiddleware reads the session: put SessionMiddleware before it in the list.',
    );
  }
}
