import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { type Duration, toMilliseconds } from '@nest-quintet/core';

export const SESSION_LOCK = Symbol('session lock');

export interface SessionLockOptions {
  /** How long to wait for the requests before it. Default `'5s'`. */
  wait?: Duration;
}

/**
 * Runs the handler alone among all handlers with this decorator that have the same session, in every process.
 *
 * Guards have run before; what the session holds is read again once the lock is ours. Requests without a session do not
 * wait for each other.
 *
 * @example
 * \@Post('checkout')
 * \@SessionLock({ wait: '3s' })
 * checkout(@Session() session: Session) { … }
 *
 * @throws SessionLockedException (409) when the others take longer than `wait`.
 */
export function SessionLock({ wait = '5s' }: SessionLockOptions = {}): CustomDecorator<symbol> {
  return SetMetadata(SESSION_LOCK, { wait: toMilliseconds(wait, '@SessionLock() wait') });
}
