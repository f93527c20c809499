import { inspect } from 'node:util';
import { choices } from '@nest-quintet/core';
import { InvalidValueError } from '../errors.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SchemaMetadata } from '../metadata/schema.js';
import { writeArray } from './array-text.js';
import { Blank } from './blank.js';
import { isDecimal, isJsonNull } from './decimal.js';
import { elementOf, type ValueKind, type ValueType } from './value-type.js';

/** What binding a value needs to know of the statement. */
export interface BindingContext {
  readonly dialect: SqlDialect;
  readonly schema: SchemaMetadata;
}

type Convert = (value: unknown) => unknown;

/** Turns a value of a user into what the driver binds for a type; throws where it cannot be of that type. */
export function toParameter(value: unknown, type: ValueType, context: BindingContext): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Blank) return value.as(type);
  if (type.isList) {
    if (!Array.isArray(value)) throw invalid(value, 'a list');
    const element = elementOf(type);
    const items = value.map((item) => toParameter(item, element, context));
    // Drivers do not know the type of an array of an enum.
    return type.enum ? writeArray(items) : items;
  }
  if (type.enum) return enumValue(value, type.enum, context.schema);
  return context.dialect.bind(converters[type.kind](value), type);
}

const converters: Record<ValueKind, Convert> = {
  String(value) {
    if (typeof value === 'string') return value;
    if (isDecimal(value)) return value.toString();
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
      return `${value}`;
    throw invalid(value, 'a string');
  },
  Int: integer,
  BigInt: integer,
  Float(value) {
    const number = typeof value === 'object' && isDecimal(value) ? value.toNumber() : Number(value);
    const isBlank = typeof value === 'string' && value.trim() === '';
    if (
      isBlank ||
      typeof value === 'boolean' ||
      (Number.isNaN(number) && value !== 'NaN' && !Number.isNaN(value))
    )
      throw invalid(value, 'a number');
    return number;
  },
  Decimal(value) {
    const text = isDecimal(value) ? value.toString() : String(value).trim();
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw invalid(value, 'a decimal');
    return text;
  },
  Boolean(value) {
    if (typeof value !== 'boolean') throw invalid(value, 'true or false');
    return value;
  },
  DateTime: (value) => toDate(value).toISOString(),
  Date: (value) => toDate(value).toISOString().slice(0, 10),
  Time(value) {
    if (typeof value === 'string' && /^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(value)) return value;
    return toDate(value).toISOString().slice(11, 23);
  },
  Duration: (value) => `${Number(value)} seconds`,
  Json: (value) => (isJsonNull(value) ? 'null' : JSON.stringify(value)),
  Bytes(value) {
    if (!(value instanceof Uint8Array)) throw invalid(value, 'a Uint8Array');
    return value;
  },
  Unknown: (value) => value,
};

function integer(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'bigint') return value.toString();
  if (isDecimal(value) && value.isInteger()) return value.toFixed();
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return value.trim();
  throw invalid(value, 'an integer');
}

/** Reads a date; a text without a time zone is in UTC, as everything that is stored. */
export function toDate(value: unknown): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) {
    const date = new Date(/^[^T ]*$|(z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw invalid(value, 'a date');
}

function enumValue(value: unknown, name: string, schema: SchemaMetadata): string {
  const values = schema.enums[name] ?? {};
  const found = typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : undefined;
  if (found === undefined)
    throw new InvalidValueError(`"${String(value)}" is no ${name}. ${choices(Object.keys(values))}`);
  return found;
}

function invalid(value: unknown, wanted: string): InvalidValueError {
  return new InvalidValueError(`Expected ${wanted} but got ${inspect(value, { depth: 1 }).slice(0, 80)}.`);
}
