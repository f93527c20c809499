import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from '@jest/globals';
import { factChannel } from './index.js';

describe('factChannel()', () => {
  it('tells those who watch, until they stop', () => {
    const told = factChannel<{ count: number }>('spec');
    const seen: number[] = [];
    expect(told.isWatched).toBe(false);
    const watching = factChannel<{ count: number }>('spec').watch(({ count }) => seen.push(count));
    expect(told.isWatched).toBe(true);
    told.tell({ count: 1 });
    watching[Symbol.dispose]();
    told.tell({ count: 2 });
    expect([seen, told.isWatched]).toEqual([[1], false]);
  });

  it('can be watched with what Node has', () => {
    const seen: unknown[] = [];
    const watcher = (fact: unknown) => void seen.push(fact);
    subscribe('quintet:spec', watcher);
    factChannel('spec').tell({ from: 'node' });
    unsubscribe('quintet:spec', watcher);
    expect(seen).toEqual([{ from: 'node' }]);
  });
});
