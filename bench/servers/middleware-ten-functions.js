import { Items } from './items.js';
import { serve } from './serve.js';

const functions = Array.from(
  { length: 10 },
  () => (/** @type {unknown} */ _request, /** @type {unknown} */ _response, /** @type {() => void} */ next) =>
    next(),
);

class AppModule {
  /** @param {import('@nestjs/common').MiddlewareConsumer} consumer */
  configure(consumer) {
    consumer.apply(...functions).forRoutes('{*path}');
  }
}

await serve({ module: AppModule, controllers: [Items] });
