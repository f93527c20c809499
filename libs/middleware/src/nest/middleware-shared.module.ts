import { Global, Module, Scope } from '@nestjs/common';
import { MIDDLEWARE_OPTIONS } from '../pipeline/middleware-options.decorator.js';
import { OptionsSlot } from './options-slot.js';
import { RouteTable } from './route-table.js';

/**
 * Provides what a middleware's constructor may ask for in every module that lists some.
 *
 * It is apart from `MiddlewareModule` because a global module counts as imported everywhere, and the registry has to
 * see who really imports the other one.
 */
@Global()
@Module({
  providers: [
    OptionsSlot,
    RouteTable,
    {
      provide: MIDDLEWARE_OPTIONS,
      scope: Scope.TRANSIENT,
      useFactory: (slot: OptionsSlot) => slot.current,
      inject: [OptionsSlot],
    },
  ],
  exports: [OptionsSlot, RouteTable, MIDDLEWARE_OPTIONS],
})
export class MiddlewareSharedModule {}
