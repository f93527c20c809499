import { ValidationError } from './validation-error.js';

const day = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/;
const moment =
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})[T ](?<hour>\d{1,2}):(?<minute>\d{2})(:(?<second>\d{2})([.,](?<fraction>\d+))?)?\s*(?<zone>z|[+-]\d{2}(:?\d{2})?)?$/i;
const time = /^(?<hour>\d{1,2}):(?<minute>\d{2})(:(?<second>\d{2})([.,](?<fraction>\d+))?)?$/;

type Parts = Readonly<Record<string, string | undefined>>;

/** Reads a day, as the midnight in UTC that Prisma has for it. */
export function cleanDay(value: unknown): Date {
  if (value instanceof Date) {
    const date = validDate(value);
    return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
  }
  const parts = match(day, value) ?? wrongFormat(value, 'YYYY-MM-DD');
  return dateOf(parts) ?? impossible(value, 'date');
}

/** Reads a moment; a text without a time zone is in UTC, as everything that is stored. */
export function cleanMoment(value: unknown): Date {
  if (value instanceof Date) return validDate(value);
  const onlyDay = match(day, value);
  if (onlyDay) return dateOf(onlyDay) ?? impossible(value, 'date');
  const parts = match(moment, value) ?? wrongFormat(value, 'YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]');
  return dateOf(parts) ?? impossible(value, 'datetime');
}

/** Reads a time of day, as Prisma has it: on the first day of 1970. */
export function cleanTime(value: unknown): Date {
  if (value instanceof Date) return validDate(value);
  const parts = match(time, value) ?? wrongFormat(value, 'HH:MM[:ss[.uuuuuu]]');
  return dateOf({ ...parts, year: '1970', month: '1', day: '1' }) ?? impossible(value, 'time');
}

function match(format: RegExp, value: unknown): Parts | undefined {
  return typeof value === 'string' ? format.exec(value.trim())?.groups : undefined;
}

/** The moment of some parts; `undefined` where there is no such day or time. */
function dateOf({
  year,
  month,
  day: of,
  hour = '0',
  minute = '0',
  second = '0',
  fraction = '',
  zone,
}: Parts) {
  const wanted = [year, month, of, hour, minute, second].map(Number) as [number, number, number, ...number[]];
  const date = new Date(0);
  date.setUTCFullYear(wanted[0], wanted[1] - 1, wanted[2]);
  date.setUTCHours(wanted[3]!, wanted[4], wanted[5], Number(fraction.slice(0, 3).padEnd(3, '0')));
  const found = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  // `Date` takes the 31st of a short month for a day of the next one.
  if (found.some((part, index) => part !== wanted[index])) return undefined;
  return new Date(date.getTime() - minutesOf(zone) * 60_000);
}

function minutesOf(zone = 'z'): number {
  if (/^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0);
  return zone.startsWith('-') ? -minutes : minutes;
}

function validDate(value: Date): Date {
  if (Number.isNaN(value.getTime())) throw new ValidationError('This value must be a date.');
  return value;
}

function wrongFormat(value: unknown, format: string): never {
  const given = typeof value === 'string' ? `“${value.slice(0, 100)}”` : 'This';
  throw new ValidationError(`${given} value has an invalid format. It must be in ${format} format.`);
}

function impossible(value: unknown, what: 'date' | 'datetime' | 'time'): never {
  const inWords = what === 'datetime' ? 'date/time' : what;
  throw new ValidationError(
    `“${String(value)}” value has the correct format but it is an invalid ${inWords}.`,
    {
      code: `invalid_${what}`,
    },
  );
}
