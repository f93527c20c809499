import { patchCacheControl, type CacheControlDirectives } from '../pages/cache-control.js';
import { ResponseLayer } from './response-layer.decorator.js';

/**
 * Adds directives to the `Cache-Control` of what a handler returns.
 *
 * @example
 * \@CacheControl({ private: true, maxAge: '1m', staleWhileRevalidate: 30 })
 *
 * Django: `cache_control`.
 */
export function CacheControl(directives: CacheControlDirectives): ClassDecorator & MethodDecorator {
  return ResponseLayer((response) => patchCacheControl(response.headers, directives));
}
