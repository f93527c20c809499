import { Session as NestSession } from '@nestjs/common';
import type { SessionObject } from './session/session-proxy.js';

/** The session of a request: the methods of Django's, and the declared keys as properties. */
export type Session = SessionObject;

/**
 * Injects the session of the request: Nest's own `@Session()`, under the name of its type.
 *
 * @example
 * import { Session } from '@nest-quintet/sessions';
 * …
 * visits(@Session() session: Session) {
 *   session.set('visits', session.get('visits', 0) + 1);
 * }
 */
export const Session = NestSession;
