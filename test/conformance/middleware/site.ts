import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { MemoryEngine, SessionsModule } from '@nest-quintet/sessions';
import express from 'express';
import type { MiddlewareCase } from './middleware-case.js';
import { loggingMiddleware } from './logging-middleware.js';
import { makeError } from './python-errors.js';
import { entryOf, optionsOf } from './settings.js';
import { type CaseRecord, TRAILING_SLASH, viewController } from './views.js';

export const platforms = ['Express', 'Fastify'] as const;
export type PlatformName = (typeof platforms)[number];

/** Starts the site of a case on one platform. */
export async function openSite(
  platform: PlatformName,
  { given }: MiddlewareCase,
  record: CaseRecord,
): Promise<INestApplication> {
  const options = optionsOf(given.settings ?? {}, given.description);
  const middleware = given.middleware.map((entry) =>
    typeof entry === 'string' ? entryOf(entry, options) : loggingMiddleware(entry, record.log),
  );
  const views = given.views ?? { '/v/': given.view!, '/arg/:x/': given.view! };
  const controllers = await Promise.all(
    Object.entries(views).map(([path, view]) => viewController(path, view, record)),
  );
  const module = await Test.createTestingModule({
    imports: [
      SessionsModule.forRoot({ engine: new MemoryEngine() }),
      MiddlewareModule.forRoot({ ...options, middleware }),
    ],
    controllers,
  }).compile();
  const app = module.createNestApplication(adapters[platform]() as never, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The two platforms, telling `/v` from `/v/` as Django does. */
const adapters: Readonly<Record<PlatformName, () => AbstractHttpAdapter>> = {
  Express() {
    const app = express();
    app.set('strict routing', true).set('case sensitive routing', true).set('etag', false);
    app.set('view', Template);
    const adapter = new ExpressAdapter(app);
    adapter.normalizePath = withSlash;
    return adapter;
  },
  Fastify() {
    const adapter = new FastifyAdapter();
    adapter.normalizePath = withSlash;
    adapter.getInstance().decorateReply(
      'viewAsync' as never,
      async function (this: any, name: string, context: object) {
        const html = render(name, context);
        this.type('text/html; charset=utf-8');
        return html;
      } as never,
    );
    return adapter;
  },
};

function withSlash(path: string): string {
  return path.replace(TRAILING_SLASH, '');
}

/** What Express takes for a template of any engine. */
class Template {
  readonly path: string;

  constructor(private readonly name: string) {
    this.path = name;
  }

  render(options: object, done: (error: unknown, html?: string) => void): void {
    try {
      done(null, render(this.name, options));
    } catch (error) {
      done(error);
    }
  }
}

function render(name: string, context: object): string {
  if (name !== 'page') throw makeError('TemplateDoesNotExist');
  return (context as { body: string }).body;
}
