import type { Dialect } from '../database/database.js';
import type { ScalarField } from '../metadata/schema.js';
import type { Decimal } from '../query/decimal.js';
import { itemProblem } from './clean-value.js';
import type { Problem } from './validation-error.js';

/** Finds what of a value of the right type the field's column cannot hold. Django: a field's own validators. */
export function limitProblems(value: unknown, field: ScalarField, dialect: Dialect): Problem[] {
  if (!field.isList) return itemLimits(value, field, dialect);
  return (value as readonly unknown[]).flatMap((item, index) =>
    itemLimits(item, field, dialect).map((problem) => itemProblem(index, problem)),
  );
}

function itemLimits(value: unknown, field: ScalarField, dialect: Dialect): Problem[] {
  switch (field.enum === undefined ? field.type : undefined) {
    case 'String':
      return lengthProblems(value as string, field);
    case 'Int':
    case 'BigInt':
      return rangeProblems(BigInt(value as number | bigint), rangeOf(field, dialect));
    case 'Decimal':
      return digitProblems(value as Decimal, field);
    default:
      return [];
  }
}

const textTypes = new Set(['VarChar', 'Char', 'NVarChar', 'NChar']);

function lengthProblems(text: string, { nativeType: [native, args] = ['', []] }: ScalarField): Problem[] {
  if (!textTypes.has(native) || args[0] === undefined) return [];
  const longest = Number(args[0]);
  // Databases count characters, JavaScript counts halves of the rarer ones.
  const length = text.length > longest ? Array.from(text).length : text.length;
  if (length <= longest) return [];
  const message = `Ensure this value has at most ${longest} character${longest === 1 ? '' : 's'} (it has ${length}).`;
  return [{ code: 'max_length', message }];
}

type Range = readonly [least: bigint, most: bigint];

const signed = (bits: bigint): Range => [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
const unsigned = (bits: bigint): Range => [0n, 2n ** bits - 1n];

const ranges: Readonly<Record<string, Range>> = {
  TinyInt: signed(8n),
  SmallInt: signed(16n),
  MediumInt: signed(24n),
  BigInt: signed(64n),
  Oid: unsigned(32n),
  UnsignedTinyInt: unsigned(8n),
  UnsignedSmallInt: unsigned(16n),
  UnsignedMediumInt: unsigned(24n),
  UnsignedInt: unsigned(32n),
  UnsignedBigInt: unsigned(64n),
};

/** SQLite's integers are as wide as they need to be, which for Prisma's `Int` is what a number can count. */
const safe: Range = [BigInt(Number.MIN_SAFE_INTEGER), BigInt(Number.MAX_SAFE_INTEGER)];

function rangeOf({ type, nativeType: [native] = ['', []] }: ScalarField, dialect: Dialect): Range {
  const own = ranges[native];
  if (own) return own;
  if (type === 'BigInt') return signed(64n);
  return dialect === 'sqlite' ? safe : signed(32n);
}

function rangeProblems(value: bigint, [least, most]: Range): Problem[] {
  if (value < least)
    return [{ code: 'min_value', message: `Ensure this value is greater than or equal to ${least}.` }];
  if (value > most)
    return [{ code: 'max_value', message: `Ensure this value is less than or equal to ${most}.` }];
  return [];
}

function digitProblems(value: Decimal, { nativeType: [native, args] = ['', []] }: ScalarField): Problem[] {
  if (native !== 'Decimal' || args[0] === undefined) return [];
  const most = Number(args[0]);
  const mostPlaces = Number(args[1] ?? 0);
  const places = value.decimalPlaces();
  const whole = value.abs().lessThan(1) ? 0 : value.abs().trunc().toFixed().length;
  const ensure = (code: string, count: number, what: string): Problem[] => [
    { code, message: `Ensure that there are no more than ${count} ${what}.` },
  ];
  if (whole + places > most) return ensure('max_digits', most, 'digits in total');
  if (places > mostPlaces) return ensure('max_decimal_places', mostPlaces, 'decimal places');
  if (whole > most - mostPlaces)
    return ensure('max_whole_digits', most - mostPlaces, 'digits before the decimal point');
  return [];
}
