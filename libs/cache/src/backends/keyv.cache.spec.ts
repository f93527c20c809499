import { describe, expect, it } from '@jest/globals';
import { Keyv } from 'keyv';
import { setTimeout as wait } from 'node:timers/promises';
import { createCache } from '../create-cache.js';
import { CacheUnavailableError } from '../errors.js';
import { keyvCache } from './keyv.cache.js';

/** A store that can be told to fail, to hang or to refuse. */
class Moody extends Map<string, unknown> {
  mood: 'well' | 'failing' | 'hanging' | 'refusing' = 'well';

  override get(key: string): any {
    return this.#answer(() => super.get(key));
  }

  override set(key: string, value: unknown): any {
    if (this.mood === 'refusing') return false;
    return this.#answer(() => super.set(key, value));
  }

  override delete(key: string): any {
    return this.#answer(() => super.delete(key));
  }

  #answer(work: () => unknown): unknown {
    if (this.mood === 'failing') throw new Error('no disk.');
    return this.mood === 'hanging' ? new Promise(() => {}) : work();
  }
}

describe('keyvCache() over a store that is not well', () => {
  const open = (options?: Parameters<typeof keyvCache>[1]) => {
    const store = new Moody();
    const lines: string[] = [];
    const logger = {
      log: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line),
    };
    const cache = createCache(keyvCache(store, { operationTimeout: '20ms', ...options }), { logger });
    return { store, cache, lines };
  };

  const recovers = async (lines: readonly string[]) => {
    for (let attempt = 0; attempt < 500 && !lines.at(-1)?.endsWith('is back.'); attempt++) await wait(5);
  };

  it.each(['failing', 'hanging'] as const)(
    'misses while it is %s, and is used again after that',
    async (mood) => {
      const { store, cache, lines } = open();
      await cache.setMany({ kept: 1, outdated: 1, deleted: 1 });
      store.mood = mood;
      await cache.set('outdated', 2);
      await cache.delete('deleted');
      expect(await cache.get('kept')).toBeUndefined();
      expect(await cache.getOrSet('kept', () => 'computed')).toBe('computed');
      store.mood = 'well';
      await recovers(lines);
      expect(lines).toEqual([
        expect.stringMatching(/^The cache "default" is down: no (disk|answer)/),
        'The cache "default" is back.',
      ]);
      expect(await cache.getMany(['kept', 'outdated', 'deleted'])).toEqual(new Map([['kept', 1]]));
      await cache.set('outdated', 3);
      expect(await cache.incr('outdated')).toBe(4);
      await cache.close();
    },
  );

  it('never serves what a refused value was to replace', async () => {
    const { store, cache, lines } = open();
    await cache.set('k', 1);
    store.mood = 'refusing';
    await cache.set('k', 2);
    store.mood = 'well';
    expect(await cache.get('k')).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('was refused by the Keyv store')]);
    await cache.close();
  });

  it('throws where it is told to', async () => {
    const { store, cache } = open({ onError: 'throw' });
    store.mood = 'failing';
    await expect(cache.get('k')).rejects.toThrow(CacheUnavailableError);
    await cache.close();
  });

  it('does not end the process over a Keyv that only emits its errors', async () => {
    const store = new Moody();
    const cache = createCache(keyvCache(new Keyv({ store })));
    store.mood = 'failing';
    expect(await cache.get('k')).toBeUndefined();
    await cache.close();
  });
});
