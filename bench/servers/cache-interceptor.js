import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { UseInterceptors } from '@nestjs/common';
import { pagesController } from './pages.js';
import { serve } from './serve.js';

/** Pages kept by Nest's own interceptor. */
class AppModule {}

await serve({
  module: AppModule,
  imports: [CacheModule.register({ ttl: 3_600_000 })],
  controllers: [pagesController([UseInterceptors(CacheInterceptor)])],
});
