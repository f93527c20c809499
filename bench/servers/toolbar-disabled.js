import { MiddlewareModule } from '@nest-quintet/middleware';
import { ToolbarModule } from '@nest-quintet/toolbar';
import { Items } from './items.js';
import { serve } from './serve.js';

/** A toolbar that is switched off. */
class AppModule {}

await serve({
  module: AppModule,
  imports: [MiddlewareModule.forRoot(), ToolbarModule.forRoot({ enabled: false })],
  controllers: [Items],
});
