import { factChannel } from '@nest-quintet/core';
import type { Session } from './session/session.js';

/** What is told of the session of one request, once it is over. */
export interface SessionFact {
  /** The class of the engine that keeps it. */
  readonly engine: string;
  readonly isNew: boolean;
  readonly accessed: boolean;
  readonly modified: boolean;
  readonly saved: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

const sessionFacts = factChannel<SessionFact>('session');

/** Says whether anybody wants to know of sessions, of those too that nobody has opened. */
export function areSessionsWatched(): boolean {
  return sessionFacts.isWatched;
}

/** Notes how a session stands before it is saved; the result tells it, and whether it was. */
export function watchSession(
  session: Session,
  engine: object,
  hasCookie: boolean,
): ((saved: boolean) => void) | undefined {
  if (!sessionFacts.isWatched) return undefined;
  const { accessed, modified } = session;
  return (saved) => {
    sessionFacts.tell({
      engine: engine.constructor.name,
      isNew: !hasCookie,
      accessed,
      modified,
      saved,
      // A session that nobody has read is not loaded to be shown.
      data: accessed ? Object.fromEntries(session.entries()) : {},
    });
  };
}
