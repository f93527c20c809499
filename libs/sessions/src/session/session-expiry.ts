import { type Duration, toSeconds } from '@nest-quintet/core';
import type { SessionSettings } from '../settings.js';

/** The key under which a session keeps its own expiry, named as in Django. */
export const EXPIRY_KEY = '_session_expiry';

/** What {@link EXPIRY_KEY} holds: seconds after each save, 0 for the browser session, or a fixed moment. */
type StoredExpiry = number | string | undefined;

export type SessionExpiry = Duration | Date | null;

/** Converts what `setExpiry()` was given to what is stored; `undefined` for the settings' own. */
export function toStoredExpiry(expiry: SessionExpiry): StoredExpiry {
  if (expiry === null) return undefined;
  // Text, so that every serialiser brings it back.
  return expiry instanceof Date ? expiry.toISOString() : toSeconds(expiry, 'setExpiry()');
}

/** Returns the seconds from `now` to the end of a session. */
export function expiryAge(stored: unknown, settings: SessionSettings, now = Date.now()): number {
  if (typeof stored === 'string') return Math.floor((Date.parse(stored) - now) / 1000);
  return typeof stored === 'number' && stored !== 0 ? stored : settings.cookieAge;
}

export function expiresAtBrowserClose(stored: unknown, settings: SessionSettings): boolean {
  return stored === undefined ? settings.expireAtBrowserClose : stored === 0;
}
