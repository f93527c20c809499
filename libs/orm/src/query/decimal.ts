import { Decimal } from '@prisma/client/runtime/client';

export { Decimal };

/** Whether the value is a decimal of any copy of decimal.js. */
export function isDecimal(value: unknown): value is Decimal {
  return Decimal.isDecimal(value);
}
