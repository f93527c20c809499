import type { Timeout } from '../cache-options.js';
import type { CachePageOptions } from '../pages/page-options.js';
import { ResponseLayer } from './response-layer.decorator.js';

/**
 * Keeps the finished response of a handler, or of every handler of a controller, for the next who asks for the same.
 *
 * It looks after the guards ran. A hit is written as the bytes that were kept: pipes, the handler and serialisation do
 * not run. `Cache-Control` and `Expires` are set, and those of the handler are respected.
 *
 * @example
 * \@CachePage(60 * 15)
 * \@CachePage('15m', { cache: 'pages', vary: ['Accept-Language'], invalidateOn: 'auto' })
 *
 * @param timeout Seconds or a text; left out, the response's own `max-age`, then the module's `pages.timeout`.
 *
 * Django: `cache_page`.
 */
export function CachePage(
  timeout?: Timeout,
  options: CachePageOptions = {},
): ClassDecorator & MethodDecorator {
  return ResponseLayer({ timeout, options });
}
