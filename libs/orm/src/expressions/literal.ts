import type { OperationNode } from 'kysely';
import type { Scope } from '../query/scope.js';
import { keyword, NULL, parameter, sql } from '../query/sql.js';
import { toParameter } from '../query/to-parameter.js';
import { isDecimal } from '../query/decimal.js';
import { typeOf, type ValueType } from '../query/value-type.js';

const maxInt = 2 ** 31 - 1;

/** The type of a JavaScript value where no column gives it one. */
export function inferType(value: unknown): ValueType {
  switch (typeof value) {
    case 'string':
      return typeOf('String');
    case 'boolean':
      return typeOf('Boolean');
    case 'bigint':
      return typeOf('BigInt');
    case 'number':
      if (!Number.isInteger(value)) return typeOf('Float');
      return Math.abs(value) <= maxInt ? typeOf('Int') : typeOf('BigInt');
    default:
      return inferObjectType(value);
  }
}

function inferObjectType(value: unknown): ValueType {
  if (value === null || value === undefined) return typeOf('Unknown');
  if (value instanceof Date) return typeOf('DateTime');
  if (value instanceof Uint8Array) return typeOf('Bytes');
  return isDecimal(value) ? typeOf('Decimal') : typeOf('Json');
}

/** Binds a value with a cast, so that the database knows its type where no column tells it. */
export function bindLiteral(value: unknown, type: ValueType, scope: Scope): OperationNode {
  if (value === null || value === undefined) return NULL;
  const bound = parameter(toParameter(value, type, scope));
  const name = scope.dialect.castName(type);
  return name === undefined ? bound : sql`cast(${bound} as ${keyword(name)})`;
}
