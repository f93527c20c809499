import type { HttpRequest } from '../http/http-request.js';
import type { Middleware } from './middleware.js';
import type { RouteFilter } from './route-patterns.js';

/** Is one place of the built list: a middleware, its name for messages, and the requests that it is for. */
export interface Layer {
  readonly name: string;
  readonly middleware: Middleware;
  /** Tells whether the request is one that the layer is for; every request when left out. */
  readonly appliesTo?: RouteFilter | undefined;
}

/** Tells whether a layer is for a request. */
export function applies(layer: Layer, request: HttpRequest): boolean {
  return layer.appliesTo === undefined || layer.appliesTo(request);
}
