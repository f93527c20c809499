import { Items } from './items.js';
import { serve } from './serve.js';

/** Nest as it is. */
class AppModule {}

await serve({ module: AppModule, controllers: [Items] });
