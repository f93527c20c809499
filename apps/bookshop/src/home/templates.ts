import { fileURLToPath } from 'node:url';
import { CacheRegistry } from '@nest-quintet/cache';
import { liquidCache } from '@nest-quintet/cache/liquid';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Liquid } from 'liquidjs';

const views = fileURLToPath(new URL('../../views', import.meta.url));

/** Renders `@Render('name')` from `views/name.liquid`; everything that a template prints is escaped. */
export function useTemplates(app: NestExpressApplication): void {
  const liquid = new Liquid({ root: views, extname: '.liquid', outputEscape: 'escape', cache: true });
  liquid.plugin(liquidCache(app.get(CacheRegistry)));
  app.engine('liquid', liquid.express());
  app.setBaseViewsDir(views);
  app.setViewEngine('liquid');
}
