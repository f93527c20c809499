import * as crypto from 'node:crypto';
import { expect, it, jest } from '@jest/globals';

const compared: [number, number][] = [];

// What it does stays the same; it only tells what it was asked to compare.
jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  default: crypto,
  timingSafeEqual: (a: Buffer, b: Buffer) => {
    compared.push([a.length, b.length]);
    return crypto.timingSafeEqual(a, b);
  },
}));

const { SessionCookies } = await import('./session-cookies.js');
const { resolveSettings } = await import('./settings.js');

it('signatures are compared in a time that tells nothing of where they differ', () => {
  const cookies = new SessionCookies(resolveSettings({ secret: ['new', 'old'] }));
  for (const signature of ['A'.repeat(43), `${'A'.repeat(42)}B`]) {
    compared.length = 0;
    expect(cookies.read(`s:some-key.${signature}`)).toBeUndefined();
    expect(compared).toEqual([
      [43, 43],
      [43, 43],
    ]);
  }
  expect(cookies.read('s:some-key.short')).toBeUndefined();
});
