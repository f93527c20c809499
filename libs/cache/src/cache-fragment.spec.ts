import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Cache } from './cache.js';
import { cacheFragment } from './cache-fragment.js';
import { createCache } from './create-cache.js';
import { memoryCache } from './backends/memory.cache.js';
import { fragmentKey } from './fragment-key.js';
import { currentDependencies } from './tags/dependencies.js';

describe('cacheFragment()', () => {
  let cache: Cache;
  let runs = 0;
  const render = () => `run ${++runs}`;

  beforeEach(() => {
    cache = createCache(memoryCache());
    runs = 0;
  });

  it('renders once for each set of values, under the key that fragmentKey() tells', async () => {
    const of = (id: number) => cacheFragment(cache, 'sidebar', { timeout: 300, varyOn: [id] }, render);
    expect([await of(1), await of(1), await of(2)]).toEqual(['run 1', 'run 1', 'run 2']);
    await cache.delete(fragmentKey('sidebar', [1]));
    expect([await of(1), await of(2)]).toEqual(['run 3', 'run 2']);
  });

  it('renders anew after a tag of its own, or of what was read, has changed', async () => {
    const tagged = () => cacheFragment(cache, 'menu', { timeout: null, tags: ['menu'] }, render);
    const tracked = () =>
      cacheFragment(cache, 'list', { invalidateOn: 'auto' }, async () => {
        currentDependencies()!.add(['table:books']);
        return render();
      });
    expect([await tagged(), await tracked(), await tagged(), await tracked()].join()).toBe(
      'run 1,run 2,run 1,run 2',
    );
    await cache.invalidateTags('table:books');
    expect([await tagged(), await tracked()]).toEqual(['run 1', 'run 3']);
    await cache.invalidateTags('menu');
    expect([await tagged(), await tracked()]).toEqual(['run 4', 'run 3']);
  });

  it('keeps nothing that changed while it was rendered, and no error', async () => {
    const slow = () =>
      cacheFragment(cache, 'slow', { tags: ['a'] }, async () => {
        await cache.invalidateTags('a');
        return render();
      });
    expect([await slow(), await slow()]).toEqual(['run 1', 'run 2']);
    const failing = () => cacheFragment(cache, 'failing', {}, () => Promise.reject(new Error(render())));
    await expect(failing()).rejects.toThrow('run 3');
    await expect(failing()).rejects.toThrow('run 4');
  });
});
