import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { Duration } from '@nest-quintet/core';
import type { RequestTrustOptions } from './http/request-trust.js';
import type { MiddlewareEntry } from './pipeline/middleware-entry.js';

export interface MiddlewareModuleOptions extends RequestTrustOptions {
  /** The list, outermost first. Django: `MIDDLEWARE`. */
  middleware?: readonly MiddlewareEntry[];
  /**
   * How long a handler may go on after its client has gone before `next()` resolves without it; `'5s'` when left out.
   *
   * Handlers that end by themselves are always waited for until then.
   */
  abandonAfter?: Duration;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<MiddlewareModuleOptions>({ moduleName: 'Middleware' })
    .setClassMethodName('forRoot')
    .build();
