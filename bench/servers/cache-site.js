import { CacheModule, CacheSiteMiddleware, memoryCache } from '@nest-quintet/cache';
import { MiddlewareModule } from '@nest-quintet/middleware';
import { pagesController } from './pages.js';
import { serve } from './serve.js';

/** Pages kept by `CacheSiteMiddleware`, in front of routing. */
class AppModule {}

await serve({
  module: AppModule,
  imports: [
    CacheModule.forRoot({ caches: { default: memoryCache() } }),
    MiddlewareModule.forRoot({ middleware: [{ use: CacheSiteMiddleware, options: { timeout: 3600 } }] }),
  ],
  controllers: [pagesController([])],
});
