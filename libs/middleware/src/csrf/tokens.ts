import { randomInt, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const SECRET_LENGTH = 32;
export const TOKEN_LENGTH = 2 * SECRET_LENGTH;

/** Says in which way a token is none. */
export type TokenFlaw = 'TOKEN_INCORRECT_LENGTH' | 'TOKEN_INVALID_CHARACTERS';

/** Makes the secret that a visitor's tokens are made of. */
export function makeSecret(): string {
  return Array.from({ length: SECRET_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]!).join('');
}

/** Makes a token of the secret, another one each time: what repeats in compressed pages can be guessed (BREACH). */
export function maskSecret(secret: string): string {
  const mask = makeSecret();
  return mask + shift(secret, mask, 1);
}

/** Returns the secret behind a token; a secret is its own. */
export function secretOf(token: string): string {
  return token.length === TOKEN_LENGTH
    ? shift(token.slice(SECRET_LENGTH), token.slice(0, SECRET_LENGTH), -1)
    : token;
}

/** Returns what is wrong with the form of a token, a secret included. */
export function flawOf(token: string): TokenFlaw | undefined {
  // Characters are counted, not units, so that the answer to a stray symbol is the right one.
  const length = Array.from(token).length;
  if (length !== TOKEN_LENGTH && length !== SECRET_LENGTH) return 'TOKEN_INCORRECT_LENGTH';
  return /^[a-zA-Z0-9]+$/.test(token) ? undefined : 'TOKEN_INVALID_CHARACTERS';
}

/** Compares the secrets behind two well-formed tokens in constant time. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(secretOf(one)), Buffer.from(secretOf(other)));
}

/** Adds (or takes away) the mask, letter by letter, around the alphabet. */
function shift(text: string, mask: string, direction: 1 | -1): string {
  const { length } = ALPHABET;
  let shifted = '';
  for (let at = 0; at < text.length; at++) {
    const place = ALPHABET.indexOf(text[at]!) + direction * ALPHABET.indexOf(mask[at]!);
    shifted += ALPHABET[(place + length) % length];
  }
  return shifted;
}
