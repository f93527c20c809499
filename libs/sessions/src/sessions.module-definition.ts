import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { Store } from 'express-session';
import type { Engine } from './session/session-backend.js';
import type { SessionSettingsOptions } from './settings.js';

/** The settings of Django in camelCase, and where the sessions are kept. */
export interface SessionsModuleOptions extends SessionSettingsOptions {
  /**
   * Where sessions are kept: `prismaEngine()`, `cacheEngine()`, `signedCookieEngine()`, `memoryEngine()`, or any express-session store.
   *
   * Django: `SESSION_ENGINE`.
   */
  engine: Engine | Store;
}

export const {
  ConfigurableModuleClass: ConfigurableSessionsModule,
  MODULE_OPTIONS_TOKEN: SESSIONS_OPTIONS,
  OPTIONS_TYPE: SESSIONS_OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE: SESSIONS_ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<SessionsModuleOptions>({ moduleName: 'Sessions' })
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();
