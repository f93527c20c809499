import { describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { CacheModule, CacheSiteMiddleware } from '@nest-quintet/cache';
import { ImproperlyConfiguredError } from '@nest-quintet/core';
import {
  CsrfMiddleware,
  LoginRequiredMiddleware,
  MessagesMiddleware,
  type MiddlewareEntry,
} from '@nest-quintet/middleware';
import { memoryEngine } from './engines/memory.engine.js';
import { SessionMiddleware } from './session.middleware.js';
import { startSite } from './site.spec-support.js';

@Controller()
class NoController {}

const start = (...middleware: MiddlewareEntry[]) =>
  startSite(NoController, memoryEngine(), { middleware, imports: [CacheModule.forRoot()] });

describe('the place of SessionMiddleware', () => {
  it('is inside of the site cache and outside of whatever uses the session', async () => {
    const site = await start(
      CacheSiteMiddleware,
      SessionMiddleware,
      CsrfMiddleware,
      LoginRequiredMiddleware,
      MessagesMiddleware,
    );
    await site.close();
  });

  it.each([
    [CsrfMiddleware, 'CsrfMiddleware'],
    [MessagesMiddleware, 'MessagesMiddleware'],
    [LoginRequiredMiddleware, 'LoginRequiredMiddleware'],
  ])('is refused after %p', async (other, name) => {
    const starting = start(other, SessionMiddleware);
    await expect(starting).rejects.toThrow(ImproperlyConfiguredError);
    await expect(starting).rejects.toThrow(
      `${name} stands before SessionMiddleware, and uses the session. Put SessionMiddleware before ${name} in the list.`,
    );
  });

  it('is refused outside of the site cache', async () => {
    await expect(start(SessionMiddleware, CacheSiteMiddleware)).rejects.toThrow(
      'CacheSiteMiddleware stands after SessionMiddleware, and would keep pages without what the session says of them. Put CacheSiteMiddleware before SessionMiddleware in the list.',
    );
  });

  it('is one place', async () => {
    await expect(start(SessionMiddleware, SessionMiddleware)).rejects.toThrow(
      'SessionMiddleware is in the list twice.',
    );
  });
});
