import type { SchemaMetadata } from '../metadata/schema.js';
import { Decimal } from './decimal.js';
import { elementOf, type ValueKind, type ValueType } from './value-type.js';

/** Turns a driver's value, which is not null, into what Prisma returns for the type. */
export type Read = (value: never) => unknown;

const readers: Record<ValueKind, ((value: never) => unknown) | undefined> = {
  String: undefined,
  Unknown: undefined,
  Int: (value: number | string) => (typeof value === 'number' ? value : Number(value)),
  BigInt: (value: string | number | bigint) => BigInt(value),
  Float: (value: number | string) => (typeof value === 'number' ? value : Number(value)),
  Decimal: (value: string | number) => new Decimal(value),
  Boolean: (value: boolean | number | string) => value === true || value === 1 || value === '1',
  DateTime: (value: string | number | Date) => new Date(value),
  Date: (value: string | number | Date) => new Date(value),
  Time: (value: string | Date) => (value instanceof Date ? value : new Date(`1970-01-01T${value}Z`)),
  Duration: (value: number | string) => Number(value),
  Json: (value: unknown) => (typeof value === 'string' ? (JSON.parse(value) as unknown) : value),
  Bytes: (value: Uint8Array) => (value.constructor === Uint8Array ? value : new Uint8Array(value)),
};

/** The reader of a type; `undefined` where the driver's value is already what Prisma returns. */
export function readerOf(type: ValueType, schema: SchemaMetadata): Read | undefined {
  if (type.isList) {
    const element = readerOf(elementOf(type), schema);
    return (
      element &&
      ((values: readonly unknown[]) =>
        values.map((value) => (value === null ? null : element(value as never))))
    );
  }
  if (!type.enum) return readers[type.kind];
  const names = new Map(Object.entries(schema.enums[type.enum] ?? {}).map(([name, value]) => [value, name]));
  return (value: string) => names.get(value) ?? value;
}
