import { type ColumnType, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { SchemaMetadata } from '../metadata/schema.js';
import { type Read, readerOf } from '../query/read.js';
import { typeOf, type ValueKind } from '../query/value-type.js';

const kinds: ReadonlyMap<ColumnType, ValueKind> = new Map<ColumnType, ValueKind>([
  [ColumnTypeEnum.Int64, 'BigInt'],
  [ColumnTypeEnum.Numeric, 'Decimal'],
  [ColumnTypeEnum.Boolean, 'Boolean'],
  [ColumnTypeEnum.Date, 'Date'],
  [ColumnTypeEnum.Time, 'Time'],
  [ColumnTypeEnum.DateTime, 'DateTime'],
  [ColumnTypeEnum.Json, 'Json'],
  [ColumnTypeEnum.Bytes, 'Bytes'],
]);

/** The first of the types that are lists of the others. */
const firstArray = 64;

/** Reads the values of a column by the type that the driver tells, as Prisma returns them. */
export function columnReader(type: ColumnType, schema: SchemaMetadata): Read | undefined {
  const isList = type >= firstArray && type < 2 * firstArray;
  const kind = kinds.get((isList ? type - firstArray : type) as ColumnType);
  return kind && readerOf(isList ? { ...typeOf(kind), isList } : typeOf(kind), schema);
}
