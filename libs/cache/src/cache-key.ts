/** The key of a value, as callers know it. */
export type CacheKey = string | number;

/** The longest key that every store takes, Memcached included. */
export const MAX_KEY_LENGTH = 250;

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\x00-\x20\x7f]/;

const MAX_REMEMBERED = 1_000;

/** Makes the key under which a store keeps a value: `prefix:version:key`. */
export function defaultKey(key: CacheKey, keyPrefix: string, version: number): string {
  return `${keyPrefix}:${version}:${key}`;
}

/**
 * Warns of keys that not every store takes: longer than 250 characters, or with spaces or control characters.
 *
 * The warning is a Node process warning named `CacheKeyWarning`, once for each key and operation.
 * Django: `CacheKeyWarning`.
 */
export class KeyChecker {
  readonly #warned = new Set<string>();

  check(key: string, operation: string): void {
    if (key.length <= MAX_KEY_LENGTH && !UNSAFE.test(key)) return;
    const seen = `${operation} ${key}`;
    if (this.#warned.has(seen)) return;
    if (this.#warned.size >= MAX_REMEMBERED) this.#warned.clear();
    this.#warned.add(seen);
    process.emitWarning(
      `${operation}(): ${problem(key)}, which some stores refuse. Make it shorter, or hash it.`,
      {
        type: 'CacheKeyWarning',
      },
    );
  }
}

function problem(key: string): string {
  const shown = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
  return key.length > MAX_KEY_LENGTH
    ? `the key ${shown} has ${key.length} characters, more than ${MAX_KEY_LENGTH}`
    : `the key ${shown} has a space or a control character`;
}
