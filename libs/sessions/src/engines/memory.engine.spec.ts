import { describe, expect, it } from '@jest/globals';
import { makeSessionKey } from '../session/session-key.js';
import { describeEngine } from './engine-contract.spec-support.js';
import { memoryEngine } from './memory.engine.js';

describeEngine('memoryEngine()', { create: () => memoryEngine(), hasIndex: true });

describe('memoryEngine()', () => {
  it('clears what has expired and says how much it was', async () => {
    const engine = memoryEngine();
    await engine.create(makeSessionKey(), {}, new Date(Date.now() - 1));
    await engine.create(makeSessionKey(), {}, new Date(Date.now() - 1));
    const { key } = await engine.create(makeSessionKey(), {}, new Date(Date.now() + 60_000));
    expect(await engine.clearExpired()).toBe(2);
    expect(await engine.clearExpired()).toBe(0);
    expect(await engine.fetch(key)).toBeDefined();
  });
});
