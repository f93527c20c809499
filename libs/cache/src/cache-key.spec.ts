import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCache, memoryCache } from './index.js';

describe('keys', () => {
  it('are prefix:version:key', () => {
    const cache = createCache(memoryCache({ keyPrefix: 'shop', version: 4 }));
    expect(cache.makeKey('k')).toBe('shop:4:k');
    expect(cache.makeKey(7, 2)).toBe('shop:2:7');
    expect(cache.withVersion(9).withPrefix('other').makeKey('k')).toBe('other:9:k');
  });

  it('are made by a function of your own', async () => {
    const cache = createCache(
      memoryCache({
        keyPrefix: 'p',
        keyFunction: (key, keyPrefix, version) => `${keyPrefix}-${version}-${key}`,
      }),
    );
    expect(cache.makeKey('k', 3)).toBe('p-3-k');
    await cache.set('k', 1);
    expect(await cache.get('k')).toBe(1);
  });

  describe('that not every store takes', () => {
    let warn: jest.SpiedFunction<typeof process.emitWarning>;

    beforeEach(() => {
      warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    });

    afterEach(() => {
      warn.mockRestore();
    });

    it.each([
      ['a b', 'the key ":1:a b" has a space or a control character'],
      ['a\tb', 'the key ":1:a\\tb" has a space or a control character'],
      ['a\x7fb', 'has a space or a control character'],
      ['x'.repeat(248), 'has 251 characters, more than 250'],
    ])('work, with one warning for each operation: %j', async (key, problem) => {
      const cache = createCache(memoryCache());
      await cache.set(key, 1);
      await cache.set(key, 2);
      expect(await cache.get(key)).toBe(2);
      expect(warn.mock.calls).toEqual([
        [expect.stringMatching(/^set\(\): /), { type: 'CacheKeyWarning' }],
        [expect.stringMatching(/^get\(\): /), { type: 'CacheKeyWarning' }],
      ]);
      expect(warn.mock.calls[0]![0]).toContain(problem);
    });

    it('are those of more than 250 characters, prefix and version included', async () => {
      await createCache(memoryCache()).set('x'.repeat(247), 1);
      expect(warn).not.toHaveBeenCalled();
    });
  });
});
