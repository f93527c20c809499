import type { HttpResponse } from '@nest-quintet/middleware';
import type { PageCache } from './page-cache.js';

/** Changes the headers of a response that a handler returned. */
export type HeaderPatch = (response: HttpResponse) => void;

/** What stands around a handler, ready to be run: patches inside of the page cache are kept with the page. */
export interface ResponseLayers {
  /** From the inside out. */
  readonly inner: readonly HeaderPatch[];
  readonly page?: PageCache;
  /** From the inside out; they run for a hit as well. */
  readonly outer: readonly HeaderPatch[];
}

/**
 * Sorts layers, outermost first, into those inside and those outside of the page cache.
 *
 * Of several page caches the innermost one counts: a handler's own says otherwise than its controller's.
 */
export function compileLayers(layers: readonly (HeaderPatch | PageCache)[]): ResponseLayers {
  const isPatch = (layer: HeaderPatch | PageCache) => typeof layer === 'function';
  const at = layers.findLastIndex((layer) => !isPatch(layer));
  const patches = (part: typeof layers) => part.filter(isPatch).reverse();
  if (at < 0) return { inner: patches(layers), outer: [] };
  return {
    inner: patches(layers.slice(at + 1)),
    page: layers[at] as PageCache,
    outer: patches(layers.slice(0, at)),
  };
}
