import { createHash } from 'node:crypto';
import type { PageRequest } from './page-request.js';

/** The key of an entry: as the cache is told it, and as its store knows it. */
export interface PageKey {
  readonly key: string;
  readonly made: string;
  /** The tags that were last seen under it: what to ask for together with it. */
  tags?: readonly string[];
}

const MAX_VARIANTS = 100;

/** Everything that is known of one address: its keys, and what its page varied on when it was last seen. */
export class PageAddress {
  readonly #variants = new Map<string, PageKey>();
  /** The headers that the page varied on when it was last seen. */
  vary: readonly string[] | undefined;

  constructor(
    readonly root: PageKey,
    private readonly makeKey: (key: string) => string,
    private readonly language?: string,
  ) {}

  /**
   * Returns the key of one variant of the page: its address, and the values of the headers it varies on.
   *
   * The address has the language that was chosen; what it was chosen from makes no difference then.
   */
  variant(vary: readonly string[], { headers }: PageRequest): PageKey {
    let values = '';
    // No header has a line break in it, so that no separator can be imitated.
    for (const name of vary) {
      if (this.language !== undefined && name === 'accept-language') continue;
      const value = headers[name];
      values += value === undefined ? `${name}\n` : `${name}:${String(value)}\n`;
    }
    const known = this.#variants.get(values);
    if (known) return known;
    if (this.#variants.size >= MAX_VARIANTS) this.#variants.clear();
    const key = `${this.root.key}:${hash(values)}`;
    const made = { key, made: this.makeKey(key) };
    this.#variants.set(values, made);
    return made;
  }
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
