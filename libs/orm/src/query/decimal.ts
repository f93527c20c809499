import { Decimal, isAnyNull, isDbNull, isJsonNull } from '@prisma/client/runtime/client';

export { Decimal, isAnyNull, isDbNull, isJsonNull };

/** Whether the value is a decimal of any copy of decimal.js. */
export function isDecimal(value: unknown): value is Decimal {
  return Decimal.isDecimal(value);
}
