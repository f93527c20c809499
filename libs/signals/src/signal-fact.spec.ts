import { afterEach, describe, expect, it } from '@jest/globals';
import { factChannel } from '@nest-quintet/core';
import { disconnectAll, Signal, SignalDispatcher, type SignalFact } from './index.js';

const orderPlaced = new Signal<{ order: number }>('orderPlaced');
afterEach(() => disconnectAll());

describe('A signal that is watched', () => {
  it('tells who received it, in order, how long each took and what failed', async () => {
    const facts: SignalFact[] = [];
    using _ = factChannel<SignalFact>('signal').watch((fact) => facts.push(fact));
    const dispatcher = new SignalDispatcher();
    dispatcher.useLogger({ error: () => undefined });
    const good = () => 'good';
    const bad = () => Promise.reject(new Error('bad'));
    dispatcher.connect(orderPlaced, good);
    dispatcher.connect(orderPlaced, bad);
    dispatcher.connect(orderPlaced, function waits() {}, { on: 'commit' });

    const results = await dispatcher.sendRobust(orderPlaced, 'shop', { order: 1 });
    expect(results.map(([receiver]) => receiver)).toEqual([good, bad]);
    expect(results[0]![1]).toBe('good');
    await expect(dispatcher.send(orderPlaced, 'shop', { order: 1 })).rejects.toThrow('bad');

    expect(facts).toHaveLength(2);
    for (const { signal, sender, receivers, waiting } of facts) {
      expect([signal, sender, waiting]).toEqual(['orderPlaced', 'shop', 1]);
      expect(receivers.map(({ name, error }) => [name, error])).toEqual([
        ['good', undefined],
        ['bad', new Error('bad')],
      ]);
      expect(receivers.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
    }
  });
});
