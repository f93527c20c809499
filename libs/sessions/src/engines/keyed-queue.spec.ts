import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

describe('KeyedQueue', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs the tasks of one key in order, and those of another at once', async () => {
    const queue = new KeyedQueue();
    const log: string[] = [];
    let finish!: () => void;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const first = queue.run('a', async () => {
      await slow;
      log.push('a1');
    });
    const second = queue.run('a', async () => void log.push('a2'));
    await queue.run('b', async () => void log.push('b'));
    finish();
    await Promise.all([first, second]);
    expect(log).toEqual(['b', 'a1', 'a2']);
  });

  it('goes on after a task that failed', async () => {
    const queue = new KeyedQueue();
    const failed = queue.run('a', () => Promise.reject(new Error('no')));
    const next = queue.run('a', async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('does not wait for ever for a task that hangs', async () => {
    jest.useFakeTimers();
    const queue = new KeyedQueue(100);
    void queue.run('a', () => new Promise(() => {}));
    const next = queue.run('a', async () => 'yes');
    await jest.advanceTimersByTimeAsync(100);
    await expect(next).resolves.toBe('yes');
  });
});
