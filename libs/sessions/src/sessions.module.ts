import { Module } from '@nestjs/common';
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
@Module({ providers: [Sessions], exports: [Sessions] })
export class SessionsModule extends ConfigurableSessionsModule {}
