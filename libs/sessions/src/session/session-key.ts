import { randomBytes } from 'node:crypto';

/** Makes a key nobody can guess: 256 random bits as 43 URL-safe characters. */
export function makeSessionKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Tells whether a visitor's text can be a key at all, so that no store is asked for anything else. */
export function isSessionKey(text: string): boolean {
  // Eight, as in Django; the upper bound is that of a cookie, which may be the session itself.
  return text.length >= 8 && text.length <= 4096;
}
