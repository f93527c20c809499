import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheSiteMiddleware, memoryCache, type PageDefaults } from '@nest-quintet/cache';
import { MiddlewareModule, type MiddlewareEntry } from '@nest-quintet/middleware';
import { MemoryEngine, SessionsModule } from '@nest-quintet/sessions';
import { entryOf, optionsOf } from '../middleware/settings.js';
import type { HttpCase } from './http-case.js';
import { platforms } from './platforms.js';
import { type Runs, viewController } from './views.js';

/** Starts the site of a case on one platform. */
export async function openSite(platform: string, { given }: HttpCase, runs: Runs): Promise<INestApplication> {
  const controllers = await Promise.all(
    Object.entries(given.views).map(([path, view]) => viewController(path, view, runs)),
  );
  const module = await Test.createTestingModule({
    imports: [
      CacheModule.forRoot({
        caches: { default: memoryCache(), other: memoryCache() },
        pages: defaultsOf(given.settings),
      }),
      SessionsModule.forRoot({ engine: new MemoryEngine() }),
      MiddlewareModule.forRoot({ middleware: middlewareOf(given) }),
    ],
    controllers,
  }).compile();
  const app = module.createNestApplication(platforms[platform]!() as never, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** Django's settings for pages in our words. */
function defaultsOf(settings: Readonly<Record<string, unknown>>): PageDefaults {
  return {
    timeout: settings['CACHE_MIDDLEWARE_SECONDS'] as number | undefined,
    cache: settings['CACHE_MIDDLEWARE_ALIAS'] as string | undefined,
    keyPrefix: settings['CACHE_MIDDLEWARE_KEY_PREFIX'] as string | undefined,
    // Without LocaleMiddleware all of a site is in its one language, unless it is told to know of none.
    language: settings['USE_I18N'] === false ? undefined : ((settings['LANGUAGE_CODE'] ?? 'en-us') as string),
  };
}

/** Django's two halves of the site cache are one middleware here, which stands where responses are stored. */
function middlewareOf({ middleware, settings, description }: HttpCase['given']): MiddlewareEntry[] {
  const options = optionsOf(settings, description);
  const isWhole =
    middleware.includes('UpdateCacheMiddleware') && middleware.includes('FetchFromCacheMiddleware');
  return middleware.flatMap((name): MiddlewareEntry[] => {
    if (name === 'FetchFromCacheMiddleware') return [];
    if (name === 'UpdateCacheMiddleware') return isWhole ? [CacheSiteMiddleware] : [];
    return [entryOf(name, options)];
  });
}
