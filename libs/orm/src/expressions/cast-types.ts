import type { Decimal } from '../query/decimal.js';

/** The types that `Cast` and `ExpressionWrapper` can give. */
export interface CastTypes {
  Int: number;
  BigInt: bigint;
  Float: number;
  Decimal: Decimal;
  String: string;
  Boolean: boolean;
  DateTime: Date;
  Date: Date;
  Time: Date;
  Duration: number;
  Json: unknown;
}
