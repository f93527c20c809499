import type { Type } from '@nestjs/common';
import type { Middleware } from './middleware.js';
import type { RoutePattern } from './route-patterns.js';

/** A middleware with what it is given and the requests that it is for. */
export interface MiddlewareUse<M extends Middleware = Middleware> {
  use: Type<M>;
  /** What its constructor gets for `@MiddlewareOptions()`. */
  options?: object;
  /** Only for these requests. */
  include?: readonly RoutePattern[];
  /** Not for these requests. */
  exclude?: readonly RoutePattern[];
}

/** One place of the list: a class, or a class with options and route patterns. */
export type MiddlewareEntry = Type<Middleware> | MiddlewareUse;

/** Where the middleware of a module go in the list; at its end, which is innermost, when left out. */
export interface FeaturePosition {
  before?: Type<Middleware>;
  after?: Type<Middleware>;
  /** Around everything else, for what has to see the response as it leaves. */
  outermost?: boolean;
}

/** Spells an entry out. */
export function toUse(entry: MiddlewareEntry): MiddlewareUse {
  return typeof entry === 'function' ? { use: entry } : entry;
}
