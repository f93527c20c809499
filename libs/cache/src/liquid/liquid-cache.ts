import { choices } from '@nest-quintet/core';
import type { Liquid } from 'liquidjs';
import { Cache } from '../cache.js';
import type { CacheRegistry } from '../nest/cache-registry.js';
import { cacheTag } from './cache-tag.js';

/** The alias that fragments prefer where it is configured. */
const FRAGMENTS = 'template_fragments';

/**
 * Teaches LiquidJS the tag `{% cache timeout, name, … %}` … `{% endcache %}`.
 *
 * What stands between is rendered once and kept: for `timeout` seconds (`null`: for ever), under `name`, apart for
 * each set of the further arguments. `using: "alias"` names a cache; without it the cache `template_fragments` is used
 * where there is one, then `default`. `invalidateOn: "auto"` makes the fragment stale after a change of a table that
 * was read to render it (see `CacheInvalidationModule`), `tags: "a, b"` after `cache.invalidateTags('a')`.
 *
 * @example
 * const engine = new Liquid({ … });
 * engine.plugin(liquidCache(app.get(CacheRegistry)));
 *
 * {% cache 300, "sidebar", user.id %}…{% endcache %}
 *
 * Django: the template tag `{% cache %}`.
 */
export function liquidCache(caches: CacheRegistry | Cache): (this: Liquid) => void {
  return function (this: Liquid) {
    this.registerTag('cache', cacheTag(finder(caches)));
  };
}

function finder(caches: CacheRegistry | Cache): (alias?: string) => Cache {
  if (!(caches instanceof Cache)) {
    return (alias) => caches.get(alias ?? (caches.has(FRAGMENTS) ? FRAGMENTS : undefined), '{% cache %}');
  }
  return (alias = 'default') => {
    if (alias === 'default') return caches;
    throw new TypeError(`{% cache %}: unknown cache "${alias}". ${choices(['default'])}`);
  };
}
