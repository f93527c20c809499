import { fileURLToPath } from 'node:url';
import { CacheRegistry } from '@nest-quintet/cache';
import { liquidCache } from '@nest-quintet/cache/liquid';
import type { FactoryProvider } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Liquid } from 'liquidjs';
import { registerFilters } from './liquid-filters.js';

/** Templates stand beside the feature that they show: `books/list` is `src/books/list.liquid`. */
const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Provides the engine of the shop's templates; everything that a template prints is escaped. */
export const templatesProvider: FactoryProvider<Liquid> = {
  provide: Liquid,
  inject: [CacheRegistry],
  useFactory: (caches: CacheRegistry) => {
    const liquid = new Liquid({
      root: source,
      extname: '.liquid',
      outputEscape: 'escape',
      cache: true,
      // Messages and rows have getters and methods of their own.
      ownPropertyOnly: false,
    });
    liquid.plugin(liquidCache(caches));
    registerFilters(liquid);
    return liquid;
  },
};

/** Has `TemplateResponse` and `@Render()` rendered, and serves the style sheet and the icon. */
export function useTemplates(app: NestExpressApplication): void {
  app.engine('liquid', app.get(Liquid).express());
  app.setBaseViewsDir(source);
  app.setViewEngine('liquid');
  app.useStaticAssets(`${source}/pages/assets`, { prefix: '/assets/', index: false });
}
