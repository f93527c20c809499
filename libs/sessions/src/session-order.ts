import { ImproperlyConfiguredError } from '@nest-quintet/core';
import {
  CsrfMiddleware,
  LoginRequiredMiddleware,
  MessagesMiddleware,
  type Middleware,
} from '@nest-quintet/middleware';

interface MiddlewareClass {
  readonly name: string;
  readonly prototype: Middleware;
}

/** Use the session, so that it has to be there before them. */
const inside: readonly MiddlewareClass[] = [CsrfMiddleware, MessagesMiddleware, LoginRequiredMiddleware];

/** Keep whole responses, so that they have to see what the session says in `Vary` and `Set-Cookie`; known by their name. */
const outside: readonly string[] = ['CacheSiteMiddleware'];

/**
 * Checks where the session middleware stands among the others.
 *
 * @throws ImproperlyConfiguredError that names the two and says which goes first.
 */
export function checkSessionOrder(order: readonly MiddlewareClass[], session: MiddlewareClass): void {
  const place = order.indexOf(session);
  const { name } = session;
  if (order.lastIndexOf(session) !== place) {
    throw new ImproperlyConfiguredError(`${name} is in the list twice. Leave one of them out.`);
  }
  for (const [index, other] of order.entries()) {
    if (inside.includes(other) && index < place) {
      throw new ImproperlyConfiguredError(
        `${other.name} stands before ${name}, and uses the session. Put ${name} before ${other.name} in the list.`,
      );
    }
    if (outside.includes(other.name) && index > place) {
      throw new ImproperlyConfiguredError(
        `${other.name} stands after ${name}, and would keep pages without what the session says of them. Put ${other.name} before ${name} in the list.`,
      );
    }
  }
}
