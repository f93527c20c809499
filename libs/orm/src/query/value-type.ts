import type { ScalarField, ScalarType } from '../metadata/schema.js';

/** The kinds of value that SQL computes beyond those that a Prisma field can have. */
export type ValueKind = ScalarType | 'Date' | 'Time' | 'Duration' | 'Unknown';

/** What is known of the value of an expression: how to bind it, how to cast it and how to read it. */
export interface ValueType {
  readonly kind: ValueKind;
  readonly isList?: boolean;
  readonly enum?: string;
  /** Whether a `DateTime` is stored with its time zone (`timestamptz`). */
  readonly isZoned?: boolean;
  /** The name of the database's own type where it is not the default one, such as `VarChar` or `JsonB`. */
  readonly native?: string;
  /** A `Decimal` column's number of decimal places. */
  readonly scale?: number;
}

const simple = new Map<ValueKind, ValueType>();

/** The plain type of a kind; a moment that SQL computes has its time zone. */
export function typeOf(kind: ValueKind): ValueType {
  let type = simple.get(kind);
  if (!type) {
    type = Object.freeze(kind === 'DateTime' ? { kind, isZoned: true } : { kind });
    simple.set(kind, type);
  }
  return type;
}

const fieldTypes = new WeakMap<ScalarField, ValueType>();

/** The type of a field's values. */
export function fieldType(field: ScalarField): ValueType {
  let type = fieldTypes.get(field);
  if (!type) fieldTypes.set(field, (type = describe(field)));
  return type;
}

function describe(field: ScalarField): ValueType {
  const [native, args] = field.nativeType ?? [];
  return Object.freeze({
    kind: temporalKind(field.type, native),
    ...(field.isList && { isList: true }),
    ...(field.enum && { enum: field.enum }),
    ...(native && { native }),
    ...(native === 'Timestamptz' && { isZoned: true }),
    ...(native === 'Decimal' && args?.[1] !== undefined && { scale: Number(args[1]) }),
  });
}

function temporalKind(type: ScalarType, native: string | undefined): ValueKind {
  if (type !== 'DateTime') return type;
  if (native === 'Date') return 'Date';
  return native === 'Time' || native === 'Timetz' ? 'Time' : 'DateTime';
}

export function isNumeric(type: ValueType): boolean {
  return type.kind === 'Int' || type.kind === 'BigInt' || type.kind === 'Float' || type.kind === 'Decimal';
}

export function isTemporal(type: ValueType): boolean {
  return type.kind === 'DateTime' || type.kind === 'Date' || type.kind === 'Time';
}

/** The element type of a scalar list. */
export function elementOf(type: ValueType): ValueType {
  return { ...type, isList: false };
}
