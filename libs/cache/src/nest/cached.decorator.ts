import { ImproperlyConfiguredError } from '@nest-quintet/core';
import { Inject } from '@nestjs/common';
import type { CacheKey } from '../cache-key.js';
import type { Timeout } from '../cache-options.js';
import type { GetOrSetOptions } from '../cache.js';
import { CacheRegistry } from './cache-registry.js';

export interface CachedOptions<A extends unknown[], T> extends Omit<GetOrSetOptions<T>, 'tags'> {
  /** Makes the key of the arguments. Default: the names of class and method, and the arguments, which must be simple. */
  key?: (...args: A) => CacheKey;
  /** Names of what the value is made from, or a function of the value and the arguments that tells them. */
  tags?: readonly string[] | ((value: T, ...args: A) => readonly string[]);
  /** The alias of the cache. Default `'default'`. */
  cache?: string;
}

type Method<A extends unknown[], T> = (...args: A) => Promise<T>;

/** Where a provider keeps the caches of its application. */
const CACHES = Symbol('quintet.cached');

/**
 * Keeps what a method of a provider returns, by its arguments.
 *
 * It is `getOrSet()`: concurrent calls compute once, `undefined` is not kept. An object that Nest did not make, as in a
 * unit test, has no cache: its method just runs.
 *
 * @example
 * \@Cached('10m', { key: (id: number) => `rating:${id}`, grace: '1h', tags: (_, id) => [`book:${id}`] })
 * async rating(id: number): Promise<number> { … }
 */
// `any` lets the method say which arguments there are where `key` does not.
// oxlint-disable-next-line typescript/no-explicit-any
export function Cached<A extends any[] = any[], T = any>(
  timeout?: Timeout,
  options: CachedOptions<A, T> = {},
) {
  return <M extends Method<A, T>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const method = descriptor.value as Method<A, T>;
    const owner = `${target.constructor.name}.${String(name)}`;
    const { key = simpleKey(owner), cache, tags, ...others } = options;
    Inject(CacheRegistry)(target, CACHES);
    descriptor.value = async function (this: { [CACHES]?: CacheRegistry }, ...args: A): Promise<T> {
      const caches = this[CACHES];
      if (!caches) return method.apply(this, args);
      return caches
        .get(cache, `@Cached() on ${owner}`)
        .getOrSet(key(...args), () => method.apply(this, args), timeout, {
          ...others,
          tags: typeof tags === 'function' ? (value) => tags(value, ...args) : tags,
        });
    } as M;
  };
}

/** @throws ImproperlyConfiguredError when called with an argument that does not tell itself apart. */
function simpleKey(owner: string): (...args: unknown[]) => CacheKey {
  return (...args) => {
    const strange = args.find(
      (arg) => typeof arg === 'function' || (typeof arg === 'object' && arg !== null),
    );
    if (strange !== undefined) {
      throw new ImproperlyConfiguredError(
        `@Cached() on ${owner}: an argument is no text, number or boolean. Say what tells calls apart: @Cached(timeout, { key: (…) => … }).`,
      );
    }
    const parts = args.map((arg) =>
      encodeURIComponent(typeof arg === 'string' ? JSON.stringify(arg) : String(arg)),
    );
    return [owner, ...parts].join(':');
  };
}
