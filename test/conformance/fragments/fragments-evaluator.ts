import { jest } from '@jest/globals';
import { CacheRegistry, fragmentKey, memoryCache } from '@nest-quintet/cache';
import { liquidCache } from '@nest-quintet/cache/liquid';
import { Liquid, LiquidError } from 'liquidjs';
import { CacheObject } from '../cache_api/cache-object.js';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, Outcome, RecordedCase } from '../evaluator.js';
import { call, native, Program, type Value } from '../python/index.js';
import type { FragmentCase, FragmentObservation, FragmentStep } from './fragment-case.js';
import { loadsTag, translateTemplate } from './translate-template.js';

/** Any whole second. */
const NOW = new Date('2024-05-01T12:00:00Z');

/** The file that templates of the recording include. */
const templates = { 't.html': 'body of {{ name }}' };

/** Renders the templates of each case with LiquidJS. */
export const fragmentsEvaluator: Evaluator = {
  area: 'fragments',

  async open(): Promise<CaseRunner> {
    return {
      async run(recorded: RecordedCase): Promise<Outcome> {
        const { given, steps, observed } = recorded as FragmentCase;
        jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'], now: NOW });
        const site = new Site(given);
        try {
          const mine: FragmentObservation[] = [];
          for (const step of steps) mine.push(await site.observe(step));
          return compare(observed, mine);
        } finally {
          jest.useRealTimers();
          await site.close();
        }
      },
      close: () => Promise.resolve(),
    };
  },
};

/** Fragments were recorded on Django's local memory, whose `clear()` tells nothing; that of its Redis does, as ours. */
class LocalMemory extends CacheObject {
  override getAttribute(name: string): Value {
    const method = super.getAttribute(name);
    if (name !== 'clear') return method;
    return native(name, async () => {
      await call(method, [], {});
      return null;
    });
  }
}

/** The caches, the template engine and the counters of one case. */
class Site {
  readonly #caches: CacheRegistry;
  readonly #engine = new Liquid({ outputEscape: 'escape', templates });
  readonly #plain = new Liquid({ outputEscape: 'escape', templates });
  readonly #program: Program;
  readonly #counts = { n: 0, m: 0 };

  constructor(given: string) {
    const [, further] = /also has an alias named (\w+)/.exec(given) ?? [];
    const aliases = ['default', 'other', ...(further === undefined ? [] : [further])];
    this.#caches = new CacheRegistry(
      Object.fromEntries(aliases.map((alias) => [alias, memoryCache()])),
      console,
    );
    this.#engine.plugin(liquidCache(this.#caches));
    this.#program = new Program({
      cache: new LocalMemory(this.#caches.get()),
      caches: new Map(aliases.map((alias) => [alias, new LocalMemory(this.#caches.get(alias))])),
      make_template_fragment_key: native('make_template_fragment_key', ([name, varyOn]) =>
        fragmentKey(name as string, (varyOn ?? []) as Value[]),
      ),
    });
  }

  async observe(step: FragmentStep): Promise<FragmentObservation> {
    const result = await this.#take(step);
    return { ...result, block_rendered_times: this.#counts.n };
  }

  close(): Promise<void> {
    return this.#caches.close();
  }

  async #take(step: FragmentStep): Promise<Omit<FragmentObservation, 'block_rendered_times'>> {
    try {
      if ('advance' in step) {
        jest.setSystemTime(Date.now() + step.advance * 1000);
        return {};
      }
      if ('call' in step) return { returns: (await this.#program.run(step.call_ast)) ?? null };
      return { output: await this.#render(step.render, step.context) };
    } catch (error) {
      return { error: nameOf(error) };
    }
  }

  #render(source: string, context: object): Promise<string> {
    const engine = loadsTag(source) ? this.#engine : this.#plain;
    const counters = { n: () => ++this.#counts.n, m: () => ++this.#counts.m };
    return engine.parseAndRender(translateTemplate(source), { ...counters, ...context }) as Promise<string>;
  }
}

/** LiquidJS has one class for what Django calls a syntax error, found while reading or while rendering. */
function nameOf(error: unknown): string {
  const isMissing = (error as { originalError?: { code?: string } }).originalError?.code === 'ENOENT';
  if (isMissing) return 'TemplateDoesNotExist';
  return error instanceof LiquidError ? 'TemplateSyntaxError' : (error as Error).name;
}
