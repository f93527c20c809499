import { Signal } from '@nest-quintet/signals';
import type { SessionValues } from './serializer/session-serializer.js';
import type { Sessions } from './sessions.service.js';

/** What the signals of sessions tell. */
export interface SessionSignal {
  /** The key, or what was the key. Treat it as a password. */
  readonly sessionKey: string;
  readonly values: Readonly<SessionValues>;
  /** Whose session it is, as the setting `userId` finds it. */
  readonly userId: string | undefined;
}

/** Sent when a visitor has got a session; not when a session gets another key. */
export const sessionCreated = new Signal<SessionSignal, Sessions>('sessionCreated');

/** Sent when a session was removed before its time, as a logout does. */
export const sessionFlushed = new Signal<SessionSignal, Sessions>('sessionFlushed');

/** Sent when a visitor comes back with a session that has ended, where the store still has it. */
export const sessionExpired = new Signal<SessionSignal, Sessions>('sessionExpired');
