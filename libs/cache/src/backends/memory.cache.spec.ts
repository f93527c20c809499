import { describe, expect, it } from '@jest/globals';
import { createCache, memoryCache, UncacheableValueError, type ValueType } from '../index.js';

describe('memoryCache()', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

  async function keysLeft(options: Parameters<typeof memoryCache>[0], count: number, read: number[] = []) {
    const cache = createCache(memoryCache(options));
    for (const key of numbers(count - 1)) await cache.set(key, key);
    for (const key of read) await cache.get(key);
    await cache.set(count, count);
    return [...(await cache.getMany(numbers(count))).keys()];
  }

  it('lets the least recently used entry go first', async () => {
    expect(await keysLeft({ maxEntries: 5 }, 6, [1])).toEqual([1, 3, 4, 5, 6]);
  });

  it('removes a part of itself at once when told to', async () => {
    expect(await keysLeft({ maxEntries: 5, cullFrequency: 2 }, 6, [1])).toEqual([1, 4, 5, 6]);
    expect(await keysLeft({ maxEntries: 5, cullFrequency: 0 }, 6)).toEqual([6]);
  });

  it('removes nothing for an entry that is there already', async () => {
    const cache = createCache(memoryCache({ maxEntries: 2 }));
    for (const key of ['a', 'b', 'a', 'b']) await cache.set(key, key);
    expect([...(await cache.getMany(['a', 'b'])).keys()]).toEqual(['a', 'b']);
  });

  it('keeps no more bytes than it may, and nothing that is larger than itself', async () => {
    const cache = createCache(memoryCache({ maxBytes: 5_000 }));
    for (const key of numbers(10)) await cache.set(key, 'x'.repeat(900));
    expect([...(await cache.getMany(numbers(10))).keys()]).toEqual([6, 7, 8, 9, 10]);
    await cache.set(6, 'small');
    await cache.set(11, 'x'.repeat(900));
    expect([...(await cache.getMany(numbers(11))).keys()]).toEqual([6, 7, 8, 9, 10, 11]);
    expect(await cache.setMany({ 6: { deep: ['x'.repeat(6_000)] } })).toEqual(['6']);
    expect(await cache.has(6)).toBe(false);
    expect(() => memoryCache({ maxBytes: 0 })).toThrow('memoryCache: maxBytes is 0.');
  });

  it('refuses a size that is none', () => {
    expect(() => memoryCache({ maxEntries: 0 })).toThrow('memoryCache: maxEntries is 0.');
  });

  it('keeps instances of a class that it was taught', async () => {
    class Money {
      constructor(readonly cents: number) {}
    }
    const money: ValueType<Money, number> = {
      name: 'Money',
      is: (value) => value instanceof Money,
      toData: ({ cents }) => cents,
      fromData: (cents) => new Money(cents),
    };
    const cache = createCache(memoryCache({ types: [money] }));
    await cache.set('k', { price: new Money(995) });
    expect(await cache.get('k')).toEqual({ price: new Money(995) });
    await expect(createCache(memoryCache()).set('k', { price: new Money(1) })).rejects.toThrow(
      new UncacheableValueError(
        'Cannot cache an instance of Money. Store plain data, or teach the cache its class with the option `types`.',
      ),
    );
  });
});
