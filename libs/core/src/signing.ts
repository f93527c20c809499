import { createHmac, timingSafeEqual } from 'node:crypto';
import { ImproperlyConfiguredError, QuintetError } from './errors.js';

/** Says that a signed value was tampered with, or signed with a secret that is no longer accepted. */
export class BadSignatureError extends QuintetError {}

export interface SignerOptions {
  /** The current secret first, then the retired ones that still verify. */
  secrets: readonly string[];
  /** What the signature is for: the same secret never verifies another use. */
  salt: string;
}

/**
 * Signs short texts with HMAC-SHA-256 and verifies them in constant time.
 *
 * @example
 * const signer = new Signer({ secrets: [current, previous], salt: 'sessions' });
 * signer.unsign(signer.sign('abc')); // 'abc'
 *
 * Django: `django.core.signing.Signer`.
 */
export class Signer {
  readonly #keys: readonly Buffer[];

  constructor({ secrets, salt }: SignerOptions) {
    if (secrets.length === 0 || secrets.some((secret) => secret.length === 0)) {
      throw new ImproperlyConfiguredError(
        `The secret for "${salt}" is empty. Give a long random text, or a list of them with the current one first.`,
      );
    }
    this.#keys = secrets.map((secret) => createHmac('sha256', secret).update(salt).digest());
  }

  /** Appends the signature: `value.signature`. */
  sign(value: string): string {
    return `${value}.${mac(this.#keys[0]!, value).toString('base64url')}`;
  }

  /**
   * Returns the value behind a signature made with any of the secrets.
   *
   * @throws BadSignatureError when none of them made it.
   */
  unsign(signed: string): string {
    const dot = signed.lastIndexOf('.');
    if (dot >= 0) {
      const value = signed.slice(0, dot);
      const text = signed.slice(dot + 1);
      const given = Buffer.from(text, 'base64url');
      // Base64 has several spellings of the same bytes; only ours is a signature.
      const isCanonical = given.toString('base64url') === text;
      if (isCanonical && this.#keys.some((key) => isSame(mac(key, value), given))) return value;
    }
    throw new BadSignatureError('The signature does not match.');
  }
}

function mac(key: Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest();
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
