import { Decimal, isDecimal, isJsonNull } from '../query/decimal.js';
import type { ScalarField, ScalarType } from '../metadata/schema.js';
import { cleanDay, cleanMoment, cleanTime } from './clean-date.js';
import { type Problem, ValidationError } from './validation-error.js';

/**
 * Brings a value into the type of a field, as Prisma has it: `'5'` becomes `5`, `'2020-01-31'` a `Date`.
 *
 * @throws ValidationError when it cannot be of that type. Django: `Field.to_python`.
 */
export function cleanValue(value: unknown, field: ScalarField): unknown {
  if (!field.isList) return cleanItem(value, field);
  if (!Array.isArray(value)) throw new ValidationError('This value must be a list.');
  return value.map((item: unknown, index) => {
    try {
      return cleanItem(item, field);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      const [problem] = Object.values(error.errors).flat();
      throw new ValidationError(itemProblem(index, problem!));
    }
  });
}

/** Says which item of a list is wrong. */
export function itemProblem(index: number, { message }: Problem): Problem {
  return { code: 'item_invalid', message: `Item ${index + 1} in the list did not validate: ${message}` };
}

function cleanItem(value: unknown, field: ScalarField): unknown {
  return field.enum === undefined ? converters[field.type](value, field) : value;
}

type Convert = (value: unknown, field: ScalarField) => unknown;

const converters: Record<ScalarType, Convert> = {
  String(value, { nativeType }) {
    const text = textOf(value);
    if (text === undefined) throw invalid(value, 'must be a text');
    if (nativeType?.[0] === 'Uuid' && !uuid.test(text)) throw invalid(value, 'is not a valid UUID');
    return text;
  },
  Int: (value) => Number(integer(value)),
  BigInt: (value) => integer(value),
  Float(value) {
    const number = isDecimal(value) ? value.toNumber() : numberOf(value);
    if (!Number.isFinite(number)) throw invalid(value, 'must be a number');
    return number;
  },
  Decimal(value) {
    if (isDecimal(value) && value.isFinite()) return value;
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i.test(text))
      throw invalid(value, 'must be a decimal number');
    return new Decimal(text);
  },
  Boolean(value) {
    if (value === true || value === 1 || value === 'true' || value === '1') return true;
    if (value === false || value === 0 || value === 'false' || value === '0') return false;
    throw invalid(value, 'must be either true or false');
  },
  DateTime(value, { nativeType }) {
    const native = nativeType?.[0];
    if (native === 'Date') return cleanDay(value);
    return native === 'Time' || native === 'Timetz' ? cleanTime(value) : cleanMoment(value);
  },
  Json(value) {
    if (!isJsonNull(value) && !isJson(value, [])) throw new ValidationError('Value must be valid JSON.');
    return value;
  },
  Bytes(value) {
    if (!(value instanceof Uint8Array)) throw invalid(value, 'must be bytes');
    return value;
  },
};

const uuid = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i;

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (isDecimal(value)) return value.toString();
  const isPlain = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  return isPlain ? String(value) : undefined;
}

function integer(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (isDecimal(value) && value.isInteger()) return BigInt(value.toFixed());
  const digits = typeof value === 'string' ? /^\s*\+?(-?\d{1,40})\s*$/.exec(value)?.[1] : undefined;
  if (digits === undefined) throw invalid(value, 'must be an integer');
  return BigInt(digits);
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

/** Whether JSON can hold the value without losing any of it. */
function isJson(value: unknown, around: readonly unknown[]): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || around.includes(value)) return false;
  const path = [...around, value];
  if (Array.isArray(value)) return value.every((item) => isJson(item, path));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm have another Object.prototype.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain && Object.values(value).every((item) => item === undefined || isJson(item, path));
}

function invalid(value: unknown, what: string): ValidationError {
  const text = textOf(value);
  return new ValidationError(
    text === undefined ? `This value ${what}.` : `“${text.slice(0, 100)}” value ${what}.`,
  );
}
