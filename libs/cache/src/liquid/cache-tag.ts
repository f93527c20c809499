import { toSeconds } from '@nest-quintet/core';
import {
  Tag,
  toPromise,
  toValue,
  TypeGuards,
  Value,
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs';
import type { Timeout } from '../cache-options.js';
import type { Cache } from '../cache.js';
import { cacheFragment } from '../cache-fragment.js';
import { splitArguments } from './tag-arguments.js';

const OPTIONS = new Set(['using', 'tags', 'invalidateOn']);

/** What a fragment is known by. */
interface Fragment {
  readonly name: string;
  readonly varyOn: readonly unknown[];
}

/** The class of a tag, as an engine takes it. */
export type TagClass = new (
  token: TagToken,
  remaining: TopLevelToken[],
  liquid: Liquid,
  parser: Parser,
) => Tag;

/** Makes the class of the tag for an engine whose fragments are kept in what `find` answers. */
export function cacheTag(find: (alias?: string) => Cache): TagClass {
  return class CacheTag extends Tag {
    readonly #templates: Template[] = [];
    readonly #timeout: Value;
    readonly #name: Value;
    readonly #varyOn: readonly Value[];
    readonly #options = new Map<string, Value>();

    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
      super(token, remaining, liquid);
      const { positional, named } = splitArguments(token.args);
      const [timeout, name, ...varyOn] = positional.map((text) => new Value(text, liquid));
      if (!timeout || !name)
        throw new Error('{% cache %} needs a timeout and a name: {% cache 300, "sidebar" %}');
      this.#timeout = timeout;
      this.#name = name;
      this.#varyOn = varyOn;
      for (const [option, text] of named) {
        if (!OPTIONS.has(option))
          throw new Error(`{% cache %} knows no "${option}": use ${[...OPTIONS].join(', ')}`);
        this.#options.set(option, new Value(text, liquid));
      }
      this.#readBlock(remaining, parser);
    }

    *render(ctx: Context, emitter: Emitter): Generator<unknown, void, never> {
      if (ctx.sync)
        throw new Error('{% cache %} waits for its cache: render with render(), not renderSync()');
      const timeout = timeoutOf(yield this.#timeout.value(ctx));
      const name = String(toValue(yield this.#name.value(ctx)));
      const varyOn: unknown[] = [];
      for (const value of this.#varyOn) varyOn.push(toValue(yield value.value(ctx)));
      const options = new Map<string, unknown>();
      for (const [option, value] of this.#options) options.set(option, toValue(yield value.value(ctx)));
      emitter.write(yield this.#fragment(ctx, timeout, { name, varyOn }, options));
    }

    // oxlint-disable-next-line require-yield
    *children(): Generator<unknown, Template[]> {
      return this.#templates;
    }

    #readBlock(remaining: TopLevelToken[], parser: Parser): void {
      for (let token = remaining.shift(); token; token = remaining.shift()) {
        if (TypeGuards.isTagToken(token) && token.name === 'endcache') return;
        this.#templates.push(parser.parseToken(token, remaining));
      }
      throw new Error(`${this.token.getText()} is not closed by {% endcache %}`);
    }

    #fragment(
      ctx: Context,
      timeout: Timeout,
      part: Fragment,
      options: Map<string, unknown>,
    ): Promise<string> {
      const cache = find(options.get('using') as string | undefined);
      const tags = namesIn(options.get('tags'));
      const invalidateOn = isAuto(options.get('invalidateOn')) ? 'auto' : undefined;
      return cacheFragment(
        cache,
        part.name,
        { timeout, varyOn: part.varyOn, tags, invalidateOn },
        () =>
          toPromise(
            this.liquid.renderer.renderTemplates(this.#templates, ctx) as Generator,
          ) as Promise<string>,
      );
    }
  };
}

function timeoutOf(value: unknown): Timeout {
  const timeout = toValue(value);
  if (timeout === null) return null;
  if (typeof timeout === 'number') return timeout;
  if (typeof timeout === 'string' && timeout.trim() !== '')
    return Number.isNaN(Number(timeout)) ? toSeconds(timeout, '{% cache %}') : Number(timeout);
  throw new TypeError('{% cache %}: the timeout is neither seconds, nor a text such as "5m", nor null.');
}

function isAuto(invalidateOn: unknown): boolean {
  if (invalidateOn === undefined || invalidateOn === 'auto') return invalidateOn === 'auto';
  throw new TypeError('{% cache %}: invalidateOn takes "auto".');
}

function namesIn(tags: unknown): string[] {
  return typeof tags === 'string'
    ? tags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '')
    : [];
}
