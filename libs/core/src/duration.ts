import ms, { type StringValue } from 'ms';
import { ImproperlyConfiguredError } from './errors.js';

/** A length of time: a number of **seconds**, as in Django and in `max-age`, or a text such as `'15m'`. */
export type Duration = number | string;

/**
 * Converts a duration to seconds.
 *
 * @example
 * toSeconds('15m'); // 900
 * toSeconds(0.25); // 0.25
 *
 * @param what The option's name, for the message.
 * @throws ImproperlyConfiguredError when the text is no duration.
 */
export function toSeconds(duration: Duration, what = 'timeout'): number {
  const seconds =
    typeof duration === 'number' ? duration : /[a-z]/i.test(duration) ? parseText(duration) : Number.NaN;
  if (Number.isNaN(seconds)) {
    throw new ImproperlyConfiguredError(
      `${what}: ${JSON.stringify(duration)} is no duration. Give seconds as a number, or a text such as '250ms', '15m', '2h', '14d'.`,
    );
  }
  return seconds;
}

/** Converts a duration to milliseconds, for timers and stores that count so. */
export function toMilliseconds(duration: Duration, what = 'timeout'): number {
  return Math.round(toSeconds(duration, what) * 1000);
}

function parseText(text: string): number {
  // `ms` throws on an empty or very long text and answers undefined on anything else that it cannot read.
  if (text.length > 100) return Number.NaN;
  const milliseconds = ms(text as StringValue) as number | undefined;
  return milliseconds === undefined ? Number.NaN : milliseconds / 1000;
}
