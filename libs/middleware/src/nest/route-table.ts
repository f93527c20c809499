import { Injectable } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { match } from 'path-to-regexp';

interface Route {
  readonly path: string;
  readonly handler: object;
  test?: (path: string) => boolean;
}

interface Matching {
  caseSensitive: boolean;
  ignoreTrailingSlash: boolean;
}

/** Adapters tell it without declaring it in their common class. */
type WithMatching = AbstractHttpAdapter & { getRouteMatchingOptions?(): Matching };

const METHODS = [
  'get',
  'post',
  'put',
  'patch',
  'delete',
  'head',
  'options',
  'all',
  'search',
  'query',
] as const;

type Register = (...args: unknown[]) => unknown;

/** Knows the routes that were registered with the HTTP adapter, so that a path can be looked up without being run. */
@Injectable()
export class RouteTable {
  readonly #routes: Route[] = [];
  #matching: Matching = { caseSensitive: false, ignoreTrailingSlash: true };

  /** Notes what is registered with the adapter from now on; the result stops it. */
  watch(adapter: AbstractHttpAdapter): () => void {
    const target = adapter as unknown as Record<string, Register | undefined>;
    const watched = METHODS.filter((method) => typeof target[method] === 'function');
    for (const method of watched) {
      const register = target[method]!;
      target[method] = (...args) => {
        const [path, handler] = args;
        if (typeof path === 'string' && typeof handler === 'function') this.#routes.push({ path, handler });
        return register.apply(adapter, args);
      };
    }
    this.#matching = (adapter as WithMatching).getRouteMatchingOptions?.() ?? this.#matching;
    return () => {
      for (const method of watched) delete target[method];
    };
  }

  /** Returns the handler of the first route that serves the path, whatever its method. */
  find(path: string): object | undefined {
    return this.#routes.find((route) => (route.test ??= this.#compile(route.path))(path))?.handler;
  }

  #compile(path: string): (path: string) => boolean {
    const { caseSensitive, ignoreTrailingSlash } = this.#matching;
    try {
      // Fastify's wildcard has no name.
      const named = path.replace(/\/\*$/, '/{*rest}');
      const test = match(named, { sensitive: caseSensitive, trailing: ignoreTrailingSlash, decode: false });
      return (given) => test(given) !== false;
    } catch {
      return (given) => given === path;
    }
  }
}
