import type { SchemaMetadata } from '../metadata/schema.js';
import { Decimal } from './decimal.js';
import { readArray } from './array-text.js';
import { readDecimal } from './read-decimal.js';
import { readMoment } from './read-moment.js';
import { elementOf, type ValueKind, type ValueType } from './value-type.js';

/** Turns a driver's value, which is not null, into what Prisma returns for the type. */
export type Read = (value: never) => unknown;

const readers: Record<ValueKind, ((value: never) => unknown) | undefined> = {
  String: undefined,
  Unknown: undefined,
  Int: (value: number | string) => (typeof value === 'number' ? value : Number(value)),
  BigInt: (value: string | number | bigint) => BigInt(value),
  Float: (value: number | string) => (typeof value === 'number' ? value : Number(value)),
  Decimal: (value: string | number) => (typeof value === 'string' ? readDecimal(value) : new Decimal(value)),
  Boolean: (value: boolean | number | string) => value === true || value === 1 || value === '1',
  DateTime: readMoment,
  Date: readMoment,
  Time: (value: string | Date) => (value instanceof Date ? value : new Date(`1970-01-01T${value}Z`)),
  Duration: (value: number | string) => Number(value),
  Json: (value: unknown) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value),
  Bytes: (value: Uint8Array) => (value.constructor === Uint8Array ? value : new Uint8Array(value)),
};

const made = new WeakMap<SchemaMetadata, Map<string, Read | undefined>>();

/** The reader of a type, the same one each time; `undefined` where the driver's value is already what Prisma returns. */
export function readerOf(type: ValueType, schema: SchemaMetadata): Read | undefined {
  if (!type.isList && !type.enum) return readers[type.kind];
  let ofSchema = made.get(schema);
  if (!ofSchema) made.set(schema, (ofSchema = new Map()));
  const key = `${type.isList ? '[]' : ''}${type.enum ?? type.kind}`;
  if (!ofSchema.has(key)) ofSchema.set(key, makeReader(type, schema));
  return ofSchema.get(key);
}

function makeReader(type: ValueType, schema: SchemaMetadata): Read | undefined {
  if (type.isList) {
    const element = readerOf(elementOf(type), schema);
    return (
      element &&
      ((values: readonly unknown[] | string) =>
        (typeof values === 'string' ? readArray(values) : values).map((value) =>
          value === null ? null : element(value as never),
        ))
    );
  }
  const names = new Map(Object.entries(schema.enums[type.enum!] ?? {}).map(([name, value]) => [value, name]));
  return (value: string) => names.get(value) ?? value;
}
