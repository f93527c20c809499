import { Controller, Get } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contextKey, requestContext } from '@nest-quintet/core';
import { onResponse } from './index.js';
import { platforms, type RunningApp, startApp } from './testing.spec-support.js';

@Controller()
class Context {
  @Get('context')
  show() {
    return { hasContext: requestContext.current() !== undefined };
  }
}

const ask = async (app: RunningApp): Promise<unknown> => (await fetch(`${app.url}/context`)).json();

describe('A pipeline with an empty list', () => {
  const apps: RunningApp[] = [];

  beforeAll(async () => {
    for (const [, makeAdapter] of platforms)
      apps.push(await startApp(makeAdapter, { controllers: [Context] }));
  });
  afterAll(async () => {
    for (const { app } of apps) await app.close();
  });

  // The two belong together: whether a slot exists is known once for the process.
  it('keeps a request context from the moment that there is a slot to keep', async () => {
    for (const app of apps) expect(await ask(app)).toEqual({ hasContext: false });
    contextKey('late');
    for (const app of apps) expect(await ask(app)).toEqual({ hasContext: true });
  });

  it('still lets routes see their response', async () => {
    @Controller()
    class Marked {
      @Get('marked')
      mark() {
        return { ok: true };
      }
    }
    for (const [, makeAdapter] of platforms) {
      const running = await startApp(makeAdapter, { controllers: [Marked] }, (app) =>
        app.useGlobalGuards({
          canActivate: (context) => {
            onResponse(context.switchToHttp().getRequest<object>(), (response) => {
              response.headers.set('X-Seen', `${response.status}`);
            });
            return true;
          },
        }),
      );
      const response = await fetch(`${running.url}/marked`);
      await running.app.close();
      expect(response.headers.get('X-Seen')).toBe('200');
    }
  });
});
