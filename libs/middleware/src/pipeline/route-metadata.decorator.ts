import { type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { contextKey } from '@nest-quintet/core';
import type { HttpRequest } from '../http/http-request.js';
import { Exchange } from './exchange.js';

/** Is one thing that a route's decorator says to a middleware. */
export interface RouteMetadata<T> {
  /** Makes the decorator for a handler or its controller; the handler's wins. */
  decorate(value: T): CustomDecorator<symbol>;
  /** Reads it where the route is known, in `processView()`. */
  read(reflector: Reflector, context: ExecutionContext): T | undefined;
  /** Keeps what the route says with the request, for when the response comes back. */
  remember(reflector: Reflector, context: ExecutionContext): void;
  /** Returns what was kept; `undefined` too for a request that reached no route. */
  of(request: HttpRequest): T | undefined;
}

/** Declares what a decorator may say to a middleware. */
export function routeMetadata<T>(name: string): RouteMetadata<T> {
  const key = Symbol(name);
  const slot = contextKey<{ value: T }>(`middleware.${name}`, { isPassive: true });
  const read = (reflector: Reflector, context: ExecutionContext): T | undefined =>
    reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  return {
    decorate: (value) => SetMetadata(key, value),
    read,
    remember(reflector, context) {
      const value = read(reflector, context);
      if (value !== undefined)
        Exchange.of(context.switchToHttp().getRequest<object>())?.context.set(slot, { value });
    },
    of: (request) => request.context.get(slot)?.value,
  };
}
