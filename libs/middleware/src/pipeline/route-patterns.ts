import { match } from 'path-to-regexp';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import type { HttpRequest } from '../http/http-request.js';

/** Names requests: a path as in `@Get()`, a regular expression over the path, or a path with a method. */
export type RoutePattern = string | RegExp | { path: string | RegExp; method: string };

/** Tells whether a request is meant. */
export type RouteFilter = (request: HttpRequest) => boolean;

/**
 * Compiles `include` and `exclude` into one test; `undefined` when both are left out.
 *
 * @throws ImproperlyConfiguredError for a path that cannot be read.
 */
export function routeFilter(
  owner: string,
  include?: readonly RoutePattern[],
  exclude?: readonly RoutePattern[],
): RouteFilter | undefined {
  const included = include?.map((pattern) => compile(owner, pattern));
  const excluded = exclude?.map((pattern) => compile(owner, pattern));
  if (included === undefined && excluded === undefined) return undefined;
  return (request) =>
    (included === undefined || included.some((test) => test(request))) &&
    !excluded?.some((test) => test(request));
}

function compile(owner: string, pattern: RoutePattern): RouteFilter {
  if (typeof pattern === 'string' || pattern instanceof RegExp) {
    const test = compilePath(owner, pattern);
    return (request) => test(request.path);
  }
  const test = compilePath(owner, pattern.path);
  const method = pattern.method.toUpperCase();
  return (request) => request.method === method && test(request.path);
}

function compilePath(owner: string, path: string | RegExp): (path: string) => boolean {
  if (path instanceof RegExp) return (given) => path.test(given);
  try {
    const test = match(path.startsWith('/') ? path : `/${path}`);
    return (given) => matchesSafely(test, given);
  } catch (error) {
    throw new ImproperlyConfiguredError(
      `${owner}: ${JSON.stringify(path)} is no route pattern (${(error as Error).message}). Write it as in @Get(), for example 'books/:id' or 'api/*path'.`,
      { cause: error },
    );
  }
}

function matchesSafely(test: ReturnType<typeof match>, path: string): boolean {
  try {
    return test(path) !== false;
  } catch (error) {
    // A path that is no valid encoding is nobody's; the platform answers it.
    if (error instanceof URIError) return false;
    throw error;
  }
}
