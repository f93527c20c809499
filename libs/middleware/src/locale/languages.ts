import { ImproperlyConfiguredError } from '@nest-quintet/core';

/** Longer than any language tag; what is longer is an attempt to make us work. */
const MAX_LENGTH = 500;
/** Django's fallbacks for tags that name a place in place of a script. */
const FALLBACKS: Readonly<Record<string, string>> = {
  'zh-cn': 'zh-hans',
  'zh-hk': 'zh-hant',
  'zh-mo': 'zh-hant',
  'zh-my': 'zh-hans',
  'zh-sg': 'zh-hans',
  'zh-tw': 'zh-hant',
};

/** Knows the languages that the application speaks, and which of them serves a wish. */
export class Languages {
  readonly #codes: ReadonlyMap<string, string>;

  constructor(
    codes: readonly string[],
    readonly fallback: string,
  ) {
    this.#codes = new Map(codes.map((code) => [code.toLowerCase(), code]));
    if (!this.#codes.has(fallback.toLowerCase())) {
      throw new ImproperlyConfiguredError(
        `LocaleMiddleware: languageCode "${fallback}" is none of the languages (${codes.join(', ')}): add it to them.`,
      );
    }
  }

  /** Returns the language that serves a tag: itself, a more general one, or another variant of it. */
  variantOf(tag: string): string | undefined {
    if (tag === '' || tag.length > MAX_LENGTH) return undefined;
    const wanted = tag.toLowerCase();
    const parts = wanted.split('-');
    const general = parts.map((_, at) => parts.slice(0, parts.length - at).join('-'));
    for (const code of [wanted, FALLBACKS[wanted], ...general.slice(1)]) {
      const found = code === undefined ? undefined : this.#codes.get(code);
      if (found !== undefined) return found;
    }
    for (const [code, name] of this.#codes) if (code.startsWith(`${parts[0]}-`)) return name;
    return undefined;
  }
}
