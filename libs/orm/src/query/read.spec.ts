import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from './decimal.js';
import { readDecimal } from './read-decimal.js';
import { readMoment } from './read-moment.js';
import { compiledReader, interpretedReader, type RowPlan, rowReader } from './row-reader.js';

describe('readDecimal()', () => {
  const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^\\d{1,${maxLength}}$`));

  it('reads every number as Decimal itself does', () => {
    const number = fc
      .tuple(fc.constantFrom('', '-'), digits(16), fc.option(digits(16)))
      .map(([sign, whole, places]) => sign + whole + (places === null ? '' : `.${places}`));
    fc.assert(
      fc.property(number, (text) => {
        expect(readDecimal(text)).toStrictEqual(new Decimal(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['NaN', 'Infinity', '-Infinity', '1e5', '0', '-0', '0.00', '.5', '1.', '9999999.9999999'])(
    'reads %s as Decimal itself does',
    (text) => {
      expect(readDecimal(text)).toStrictEqual(new Decimal(text));
    },
  );

  it('makes decimals that calculate', () => {
    expect(readDecimal('0.10').add(readDecimal('0.20')).toString()).toBe('0.3');
    expect(readDecimal('-12.5')).toBeInstanceOf(Decimal);
  });
});

describe('readMoment()', () => {
  const moment = fc.date({ noInvalidDate: true, min: new Date(-62e12), max: new Date(253e12) });

  it('reads every moment as Date itself does', () => {
    const text = fc
      .tuple(moment, fc.option(fc.nat({ max: 999_999 })))
      .map(([date, fraction]) =>
        [date.toISOString().slice(0, -5), fraction === null ? '' : `.${fraction}`, '+00:00'].join(''),
      );
    fc.assert(
      fc.property(text, (value) => {
        expect(readMoment(value).getTime()).toBe(new Date(value).getTime());
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads every date as Date itself does', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const text = date.toISOString().slice(0, 10);
        expect(readMoment(text).getTime()).toBe(new Date(text).getTime());
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    'infinity',
    '0044-03-15',
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '2024-1x-01',
    '12024-01-01T00:00:00+00:00',
    '2024-01-01T24:00:00+00:00',
    '2024-01-01T00:00:60+00:00',
    '2024-01-01T00:00:00.+00:00',
    '2024-01-01T00:00:00.1x+00:00',
    '2024-01-01 00:00:00.123+00:00',
    '2024-01-01T00:00:00+02:00',
    '2024-01-01T00:00:00.000Z',
  ])('leaves %s to Date', (text) => {
    expect(readMoment(text).getTime()).toBe(new Date(text).getTime());
  });
});

describe('rowReader()', () => {
  const odd = `a"b\\c\n${String.fromCharCode(0x2028)}'; process.exit(); //`;
  const double = (value: never) => (value as number) * 2;
  const plan: RowPlan = {
    columns: [
      { name: 'id', index: 0 },
      { name: odd, index: 1, read: double },
      { name: 'missing', index: 2, read: double },
    ],
    nested: [
      { name: 'there', presence: 0, plan: { columns: [{ name: 'n', index: 1, read: double }], nested: [] } },
      { name: 'none', presence: 2, plan: { columns: [{ name: 'n', index: 1 }], nested: [] } },
    ],
  };
  const expected = { id: 1, [odd]: 4, missing: null, there: { n: 4 }, none: null };

  it.each([
    ['as code', compiledReader],
    ['step by step', interpretedReader],
  ])('makes objects of rows, %s', (_, make) => {
    expect(make(plan)([1, 2, null])).toStrictEqual(expected);
  });

  it('keeps the reader of a plan for equal ones, and tells others apart', () => {
    const inner = (name: string): RowPlan => ({ columns: [{ name, index: 0 }], nested: [] });
    expect(rowReader(inner('a'))).toBe(rowReader(inner('a')));
    expect(rowReader(inner('b'))([1])).toEqual({ b: 1 });
    expect(rowReader({ columns: [], nested: [{ name: 'a', presence: 0, plan: inner('b') }] })([1])).toEqual({
      a: { b: 1 },
    });
  });
});
