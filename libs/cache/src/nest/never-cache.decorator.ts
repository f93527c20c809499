import { addNeverCache } from '../pages/response-headers.js';
import { ResponseLayer } from './response-layer.decorator.js';

/**
 * Says that nobody may keep what a handler returns: no browser, no proxy, not `@CachePage()`.
 *
 * Django: `never_cache`.
 */
export function NeverCache(): ClassDecorator & MethodDecorator {
  return ResponseLayer(addNeverCache);
}
