import { RESPONSE_PASSTHROUGH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Type } from '@nestjs/common';

/** Tells whether a handler takes `@Res()` or `@Next()`: Nest then leaves the answer to it, whatever it returns. */
export function writesItself(controller: Type, name: string): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as object;
  const taken = Object.keys(parameters).map((key) => Number.parseInt(key, 10));
  const isPassedThrough = Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, name) === true;
  return (
    (taken.includes(RouteParamtypes.RESPONSE) || taken.includes(RouteParamtypes.NEXT)) && !isPassedThrough
  );
}
