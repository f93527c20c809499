import { MiddlewareModule } from '@nest-quintet/middleware';
import { Items } from './items.js';
import { serve } from './serve.js';

/** The pipeline, and no toolbar. */
class AppModule {}

await serve({ module: AppModule, imports: [MiddlewareModule.forRoot()], controllers: [Items] });
