import { CacheModule, CachePage, memoryCache } from '@nest-quintet/cache';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { pagesController } from './pages.js';
import { serve } from './serve.js';

/** Pages kept by `@CachePage`. */
class AppModule {}

await serve({
  module: AppModule,
  imports: [
    MiddlewareModule.forRoot({ middleware: [] }),
    CacheModule.forRoot({ caches: { default: memoryCache() } }),
  ],
  controllers: [pagesController([CachePage(3600)])],
});
