import { typeOf, type ValueType } from '../query/value-type.js';

const int8: ValueType = Object.freeze({ kind: 'Int', native: 'Int8' });

/** The type of a number of rows. */
export function countType(): ValueType {
  return int8;
}

/** The type that holds a sum. */
export function sumType(type: ValueType): ValueType {
  return type.kind === 'Int' ? int8 : type;
}

/** The type of a mean. */
export function averageType(type: ValueType): ValueType {
  if (type.kind === 'Int' || type.kind === 'BigInt') return typeOf('Float');
  return type.kind === 'Decimal' ? typeOf('Decimal') : type;
}

/** The type of one of some values. */
export function sameType(type: ValueType): ValueType {
  return type;
}
