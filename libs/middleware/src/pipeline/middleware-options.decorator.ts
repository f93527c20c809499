import { Inject, Optional } from '@nestjs/common';

/** The token of the options that an entry of the list gives to its middleware. */
export const MIDDLEWARE_OPTIONS = Symbol('middleware options');

/**
 * Injects the options of the entry: `{ use: SecurityMiddleware, options: { … } }`; `undefined` without any.
 *
 * @example
 * constructor(\@MiddlewareOptions() { hstsSeconds = 0 }: SecurityOptions = {}) {}
 */
export function MiddlewareOptions(): ParameterDecorator {
  return (target, key, index) => {
    Inject(MIDDLEWARE_OPTIONS)(target, key, index);
    Optional()(target, key, index);
  };
}
