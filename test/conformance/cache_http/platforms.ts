import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import { TRAILING_SLASH } from '../middleware/views.js';

/** The two platforms, telling `/a` from `/a/` as Django does, and trusting the proxy in front of them. */
export const platforms: Readonly<Record<string, () => AbstractHttpAdapter>> = {
  Express() {
    const app = express();
    app.set('strict routing', true).set('case sensitive routing', true).set('etag', false);
    app.set('trust proxy', true).set('view', Template);
    return exact(new ExpressAdapter(app));
  },
  Fastify() {
    const adapter = new FastifyAdapter({ trustProxy: true });
    const viewAsync = async function (this: { type(type: string): void }, _: string, context: object) {
      this.type('text/html; charset=utf-8');
      return render(context);
    };
    adapter.getInstance().decorateReply('viewAsync' as never, viewAsync as never);
    return exact(adapter);
  },
};

/** Nest would cut off the slash at the end of a path. */
function exact<T extends AbstractHttpAdapter>(adapter: T): T {
  adapter.normalizePath = (path) => path.replace(TRAILING_SLASH, '');
  return adapter;
}

/** What Express takes for a template of any engine. */
class Template {
  readonly path: string;

  constructor(name: string) {
    this.path = name;
  }

  render(options: object, done: (error: unknown, html?: string) => void): void {
    done(null, render(options));
  }
}

/** The one template there is shows its body. */
function render(context: object): string {
  return (context as { body: string }).body;
}
