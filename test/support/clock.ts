import { jest } from '@jest/globals';

/** What keeps running: servers and sockets need their timers. */
const running = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** Stops `Date` at a moment, and nothing else, until `jest.useRealTimers()`; `jest.setSystemTime()` moves it. */
export function stopClock(now: Date | string): void {
  jest.useFakeTimers({ now: new Date(now), doNotFake: [...running] });
}
