import { jest } from '@jest/globals';
import { MissingCacheKeyError, NotAnIntegerError, UncacheableValueError } from '@nest-quintet/cache';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { stopClock } from '../../support/clock.js';
import { compare } from '../compare.js';
import type { CaseRunner, Evaluator, Outcome, RecordedCase } from '../evaluator.js';
import { call, HostObject, Namespace, native, Program, PythonError, type Value } from '../python/index.js';
import type { CacheCase, Observed } from './cache-case.js';
import { CacheObject } from './cache-object.js';
import { CacheStores, type CasesCaches } from './cache-stores.js';

/** Any whole second. */
const NOW = new Date('2024-05-01T12:00:00Z');

/** What an error of ours is called in Python. */
const errors: readonly [new (...args: never[]) => Error, string][] = [
  [MissingCacheKeyError, 'ValueError'],
  [NotAnIntegerError, 'TypeError'],
  [UncacheableValueError, 'PicklingError'],
  [ImproperlyConfiguredError, 'TypeError'],
];

/** Runs each case on every backend that we have of those it was recorded on. */
export const cacheApiEvaluator: Evaluator = {
  area: 'cache_api',

  async open(): Promise<CaseRunner> {
    const stores = await CacheStores.open();
    return {
      async run(recorded: RecordedCase): Promise<Outcome> {
        const { backends, config } = recorded as CacheCase;
        for (const backend of stores.namesFor(backends)) {
          const expected = expectedOf(recorded as CacheCase, backend).map(spelled);
          const outcome = compare(
            expected,
            await observe(recorded as CacheCase, await stores.start(backend, config)),
          );
          if (outcome.status === 'fail') return { status: 'fail', detail: `${backend}: ${outcome.detail}` };
        }
        return { status: 'pass' };
      },
      close: () => stores.close(),
    };
  },
};

/**
 * Where Django's backends differ, ours all do what Redis does, or the first of those that the case was recorded on;
 * only the one that stores nothing stays apart where it was recorded to.
 */
function expectedOf({ observed, differs, backends }: CacheCase, backend: string): readonly Observed[] {
  const model = backends.includes('redis') ? 'redis' : backends[0]!;
  return (backend === 'dummy' && differs?.['dummy']) || (differs?.[model] ?? observed);
}

async function observe({ steps }: CacheCase, caches: CasesCaches): Promise<Observed[]> {
  stopClock(NOW);
  const program = new Program(namesFor(caches));
  const observed: Observed[] = [];
  try {
    for (const { call_ast } of steps) {
      try {
        observed.push({ returns: encode(await program.run(call_ast)) });
      } catch (error) {
        observed.push({ error: nameOf(error) });
      }
    }
    return observed;
  } finally {
    jest.useRealTimers();
    await caches.close();
  }
}

function namesFor(caches: CasesCaches): Record<string, Value> {
  const calls: Value[] = [];
  return {
    cache: new CacheObject(caches.default),
    caches: new Map([
      ['default', new CacheObject(caches.default)],
      ['second', new CacheObject(caches.second)],
    ]),
    calls,
    factory: native('factory', ([value]) => native('made', () => (calls.push(value), value))),
    advance: native('advance', ([seconds]) => {
      jest.setSystemTime(Date.now() + Number(seconds) * 1000);
      return null;
    }),
    warned: native('warned', ([fn]) => warned(fn)),
    // Everything is asynchronous here.
    asyncio: new Namespace({ run: native('run', ([result]) => result) }),
  };
}

async function warned(fn: Value): Promise<Value> {
  const types: string[] = [];
  const spy = jest.spyOn(process, 'emitWarning').mockImplementation(((
    _: string,
    options: { type: string },
  ) => {
    types.push(options.type);
  }) as never);
  try {
    return [await call(fn, [], {}), types];
  } finally {
    spy.mockRestore();
  }
}

function encode(value: Value): unknown {
  if (value === undefined || value === null) return null;
  if (value instanceof Map)
    return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), encode(item)]));
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof HostObject) return `<${value.typeName}>`;
  return value;
}

function nameOf(error: unknown): string {
  if (error instanceof PythonError) return error.name;
  return errors.find(([type]) => error instanceof type)?.[1] ?? (error as Error).name;
}

/** Redis's own error for a value that is no number is the one that we have for every backend. */
function spelled(observed: Observed): Observed {
  return 'error' in observed && observed.error === 'ResponseError' ? { error: 'TypeError' } : observed;
}
