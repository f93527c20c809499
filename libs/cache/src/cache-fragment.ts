import type { Timeout } from './cache-options.js';
import type { Cache } from './cache.js';
import { fragmentFacts } from './facts/fragment-fact.js';
import { fragmentKey } from './fragment-key.js';
import { collectDependencies, currentDependencies } from './tags/dependencies.js';

export interface CacheFragmentOptions {
  /** Seconds or a text, `null` for ever; left out, the cache's own. */
  timeout?: Timeout;
  /** What the fragment is kept apart by, in this order: `fragmentKey()` makes the same key of it. */
  varyOn?: readonly unknown[];
  /** Names for `cache.invalidateTags()`. */
  tags?: readonly string[];
  /** `'auto'` makes the fragment stale after a change of a table that was read to render it. */
  invalidateOn?: 'auto';
}

/**
 * Keeps a rendered part of a page, whatever renders it.
 *
 * Every request renders its own: one that waited for another's could wait for itself, in a nested fragment. The page
 * around it depends on what the fragment depends on.
 *
 * @example
 * const sidebar = await cacheFragment(cache, 'sidebar', { timeout: 300, varyOn: [user.id] }, () =>
 *   nunjucks.render('sidebar.html', { user }),
 * );
 *
 * Django: the template tag `{% cache %}`.
 */
export function cacheFragment(
  cache: Cache,
  name: string,
  options: CacheFragmentOptions,
  render: () => string | Promise<string>,
): Promise<string> {
  return fragmentFacts.isWatched
    ? tellFragment(cache, name, options, render)
    : keepFragment(cache, name, options, render);
}

async function tellFragment(...[cache, name, options, render]: Parameters<typeof cacheFragment>) {
  const startedAt = performance.now();
  let isHit = true;
  const text = await keepFragment(cache, name, options, () => {
    isHit = false;
    return render();
  });
  fragmentFacts.tell({ fragment: name, isHit, startedAt, endedAt: performance.now() });
  return text;
}

async function keepFragment(
  cache: Cache,
  name: string,
  { timeout, varyOn, tags = [], invalidateOn }: CacheFragmentOptions,
  render: () => string | Promise<string>,
): Promise<string> {
  const key = fragmentKey(name, varyOn);
  const kept = await cache.get<string>(key);
  if (kept !== undefined) return kept;
  if (tags.length === 0 && invalidateOn === undefined) {
    const text = await render();
    await cache.set(key, text, timeout);
    return text;
  }
  const asOf = await cache.moment();
  return collectDependencies(async (dependencies) => {
    currentDependencies()?.add(tags);
    const text = await render();
    const names = invalidateOn === 'auto' ? [...dependencies.tags] : tags;
    await cache.set(key, text, timeout, { asOf, tags: names });
    return text;
  });
}
