import { ConflictException } from '@nestjs/common';

/** Answers 409: other requests of the visitor kept the session's lock for longer than `@SessionLock()` waits. */
export class SessionLockedException extends ConflictException {}
