import { Module, type NestModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { SessionRoutesExplorer } from './session-routes.explorer.js';
import { Sessions } from './sessions.service.js';
import { ConfigurableSessionsModule } from './sessions.module-definition.js';

/**
 * Gives every visitor a session.
 *
 * @example
 * imports: [
 *   SessionsModule.forRoot({ engine: prismaEngine(), cookieAge: '14d', cookieSecure: true }),
 *   MiddlewareModule.forRoot({ middleware: [SessionMiddleware] }),
 * ]
 *
 * Django: `django.contrib.sessions`.
 */
@Module({
  imports: [DiscoveryModule],
  providers: [Sessions, SessionRoutesExplorer],
  exports: [Sessions],
})
export class SessionsModule extends ConfigurableSessionsModule implements NestModule {
  constructor(private readonly routes: SessionRoutesExplorer) {
    super();
  }

  /** Prepares the routes; Nest calls it before it registers them. */
  configure(): void {
    this.routes.explore();
  }
}
