import { patchVary } from '@nest-quintet/middleware';
import { ResponseLayer } from './response-layer.decorator.js';

/**
 * Says that a handler's response depends on these headers of the request.
 *
 * @example
 * \@VaryOnHeaders('Accept-Language', 'X-Device')
 *
 * Django: `vary_on_headers`.
 */
export function VaryOnHeaders(...names: string[]): ClassDecorator & MethodDecorator {
  return ResponseLayer((response) => patchVary(response, names));
}

/** Says that a handler's response depends on the visitor's cookies. Django: `vary_on_cookie`. */
export function VaryOnCookie(): ClassDecorator & MethodDecorator {
  return VaryOnHeaders('Cookie');
}
