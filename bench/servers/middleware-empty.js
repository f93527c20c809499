import { MiddlewareModule } from '@nest-quintet/middleware';
import { Items } from './items.js';
import { serve } from './serve.js';

/** The pipeline, with nothing in its list. */
class AppModule {}

await serve({ module: AppModule, imports: [MiddlewareModule.forRoot()], controllers: [Items] });
