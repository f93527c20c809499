import { MiddlewareModule } from '@nest-quintet/middleware';
import { contextKey } from '@nest-quintet/core';
import { Items } from './items.js';
import { serve } from './serve.js';

/** The pipeline, with nothing in its list, in an application that keeps something in the request context. */
class AppModule {}

contextKey('bench');
await serve({ module: AppModule, imports: [MiddlewareModule.forRoot()], controllers: [Items] });
