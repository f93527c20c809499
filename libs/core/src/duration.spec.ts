import { describe, expect, it } from '@jest/globals';
import { ImproperlyConfiguredError, toMilliseconds, toSeconds } from './index.js';

describe('toSeconds()', () => {
  it.each([
    ['15m', 900],
    ['250ms', 0.25],
    ['14d', 1_209_600],
    [60, 60],
    [0, 0],
    [-1, -1],
  ])('reads %p as %p seconds', (duration, seconds) => {
    expect(toSeconds(duration)).toBe(seconds);
  });

  it.each(['', '15', '15 parsecs', 'soon', Number.NaN, '9'.repeat(200) + 'm'])(
    'refuses %p by name',
    (duration) => {
      expect(() => toSeconds(duration, 'cookieAge')).toThrow(ImproperlyConfiguredError);
      expect(() => toSeconds(duration, 'cookieAge')).toThrow(/^cookieAge: .* is no duration/);
    },
  );

  it('counts milliseconds for timers', () => {
    expect(toMilliseconds('1.5s')).toBe(1500);
  });
});
