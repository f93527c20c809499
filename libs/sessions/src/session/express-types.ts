import type { Session } from './session.js';

/** What a session can do beyond express-session's own, whose callbacks keep their types there. */
type DjangoMethods = Omit<Session, 'save' | 'reload' | symbol>;

declare module 'express-session' {
  // Express's own `Request` then knows `request.session.get(…)`.
  interface Session extends DjangoMethods {}
}
