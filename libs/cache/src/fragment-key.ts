import { createHash } from 'node:crypto';

/**
 * Returns the key under which a template fragment is kept, to delete it or to put it there.
 *
 * Two fragments have one key only if their names and every value are the same. Where no value has a colon or a
 * backslash in it, it is the key that Django makes.
 *
 * @example
 * await cache.delete(fragmentKey('sidebar', [user.id]));
 *
 * @param varyOn What the fragment varies on, in the order of the tag's arguments.
 *
 * Django: `make_template_fragment_key`.
 */
export function fragmentKey(name: string, varyOn: readonly unknown[] = []): string {
  const digest = createHash('md5');
  for (const value of varyOn) digest.update(`${textOf(value).replace(/[\\:]/g, '\\$&')}:`);
  return `template.cache.${name}.${digest.digest('hex')}`;
}

/** Two objects that differ must not read the same, as they would with `String()`. */
function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  // oxlint-disable-next-line typescript/no-base-to-string
  return String(value);
}
