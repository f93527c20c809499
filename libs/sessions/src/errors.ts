import { QuintetError } from '@nest-quintet/core';

/** Is what sessions themselves say, in contrast to the failure of a store. */
export abstract class SessionError extends QuintetError {}

/**
 * Says that another request deleted the session while this one was using it, as a logout does.
 *
 * In a Nest application it is a `SessionInterruptedException`. Django: `UpdateError`, `SessionInterrupted`.
 */
export class SessionInterruptedError extends SessionError {}

/**
 * Says that the session store failed, or did not answer in time; `cause` says how. What was to be written may or may not be.
 *
 * In a Nest application it is a `SessionUnavailableException`.
 */
export class SessionStoreError extends SessionError {}

/** Says that the session holds a value that cannot be stored. Django: the serialiser's `TypeError`. */
export class SessionSerializationError extends SessionError {}

/** Says that the session was touched before it was there: `await session.load()` comes first. */
export class SessionNotLoadedError extends SessionError {}

/** Says that the engine cannot find sessions by user. */
export class SessionIndexError extends SessionError {}

/** Says that a session does not fit into the cookie that is to hold it. */
export class SessionTooLargeError extends SessionError {}
