import { MiddlewareModule } from '@nest-quintet/middleware';
import { ToolbarModule } from '@nest-quintet/toolbar';
import { Items } from './items.js';
import { serve } from './serve.js';

/** A toolbar that is on, for everybody who asks from this machine. */
class AppModule {}

await serve({
  module: AppModule,
  imports: [MiddlewareModule.forRoot(), ToolbarModule.forRoot({ enabled: true })],
  controllers: [Items],
});
