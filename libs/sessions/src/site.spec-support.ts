import type { INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { Store } from 'express-session';
import { type MiddlewareEntry, MiddlewareModule } from '@nest-quintet/middleware';
import type { Engine } from './session/session-backend.js';
import { SessionMiddleware } from './session.middleware.js';
import { SessionsModule } from './sessions.module.js';
import { Sessions } from './sessions.service.js';
import type { SessionSettingsOptions } from './settings.js';

export interface SiteOptions extends SessionSettingsOptions {
  fastify?: boolean;
  /** The modules that the engine finds its database or cache in. */
  imports?: ModuleMetadata['imports'];
  /** The list, outermost first; the session middleware alone when left out. */
  middleware?: readonly MiddlewareEntry[];
  /** Called before the application listens. */
  prepare?: (app: INestApplication) => void;
}

/** A real application with sessions. */
export interface Site {
  app: INestApplication;
  url: string;
  sessions: Sessions;
  engine: Engine;
  close(): Promise<void>;
}

/** Starts an application with one controller and one session engine; on Fastify where told so. */
export async function startSite(
  controller: Type,
  engine: Engine | Store,
  options: SiteOptions = {},
): Promise<Site> {
  const { fastify = false, imports = [], middleware = [SessionMiddleware], prepare, ...settings } = options;
  const builder = Test.createTestingModule({
    imports: [
      ...imports,
      SessionsModule.forRoot({ engine, ...settings }),
      MiddlewareModule.forRoot({ middleware: [...middleware] }),
    ],
    controllers: [controller],
  });
  const module = await builder.compile();
  const app = fastify
    ? module.createNestApplication(new FastifyAdapter(), { logger: false })
    : module.createNestApplication({ logger: false });
  prepare?.(app);
  await app.listen(0, '127.0.0.1');
  const sessions = app.get(Sessions);
  return {
    app,
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    sessions,
    engine: sessions.engine,
    close: () => app.close(),
  };
}

/** Starts sites for one test and closes them after it. */
export class Sites {
  readonly #open: Site[] = [];

  async start(...options: Parameters<typeof startSite>): Promise<Site> {
    const site = await startSite(...options);
    this.#open.push(site);
    return site;
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((site) => site.close()));
  }
}
