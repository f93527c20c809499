import { MiddlewareModule } from '@nest-quintet/middleware';
import { Items } from './items.js';
import { serve } from './serve.js';

/** Ten different classes, so that none of them is compiled for all. */
const middleware = Array.from(
  { length: 10 },
  () =>
    class Passes {
      /**
       * @param {import('@nest-quintet/middleware').HttpRequest} _request
       * @param {import('@nest-quintet/middleware').NextResponse} next
       */
      async handle(_request, next) {
        return await next();
      }
    },
);

class AppModule {}

await serve({ module: AppModule, imports: [MiddlewareModule.forRoot({ middleware })], controllers: [Items] });
