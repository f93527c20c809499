import { type Duration, toSeconds } from '@nest-quintet/core';
import type { SessionValues } from '../serializer/session-serializer.js';
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

/** The key under which a session keeps when it began, in milliseconds since 1970, where there is an absolute limit. */
export const STARTED_KEY = '_session_started';

/** The part of the idle limit after which the life of a session that is used is extended. */
const RENEWAL = 0.1;

/** Returns the seconds from `now` to the end of a session that is saved now, its limits included. */
export function expiryAge(values: SessionValues, settings: SessionSettings, now = Date.now()): number {
  const age = ownAge(values[EXPIRY_KEY], settings, now);
  const { idleTimeout = age } = settings;
  return Math.min(age, idleTimeout, absoluteLeft(values, settings, now) ?? age);
}

/** Says whether a session has lived as long as it may. */
export function isOver(values: SessionValues, settings: SessionSettings, now = Date.now()): boolean {
  return (absoluteLeft(values, settings, now) ?? 1) <= 0;
}

/** Says whether a session that is used would end too soon if it were not saved. */
export function isDueForRenewal(expiresAt: Date, next: Date, { idleTimeout }: SessionSettings): boolean {
  if (idleTimeout === undefined) return false;
  return next.getTime() - expiresAt.getTime() >= idleTimeout * 1000 * RENEWAL;
}

function ownAge(stored: unknown, settings: SessionSettings, now: number): number {
  if (typeof stored === 'string') return Math.floor((Date.parse(stored) - now) / 1000);
  return typeof stored === 'number' && stored !== 0 ? stored : settings.cookieAge;
}

function absoluteLeft(
  { [STARTED_KEY]: started }: SessionValues,
  { absoluteTimeout }: SessionSettings,
  now: number,
): number | undefined {
  if (absoluteTimeout === undefined) return undefined;
  return absoluteTimeout - (typeof started === 'number' ? (now - started) / 1000 : 0);
}

export function expiresAtBrowserClose(stored: unknown, settings: SessionSettings): boolean {
  return stored === undefined ? settings.expireAtBrowserClose : stored === 0;
}
