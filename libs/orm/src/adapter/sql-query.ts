import type { ArgScalarType, ArgType, SqlQuery } from '@prisma/driver-adapter-utils';

/** Makes what a driver adapter takes of SQL and plain values. */
export function sqlQuery(sql: string, parameters: readonly unknown[] = []): SqlQuery {
  const args = parameters.map(plainArgument);
  return { sql, args, argTypes: args.map(argumentType) };
}

/** Adapters write a `Date` without its zone, which a `timestamptz` would then read in the session's. */
function plainArgument(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.map(plainArgument) : value;
}

function argumentType(value: unknown): ArgType {
  return Array.isArray(value)
    ? { scalarType: scalarType(value[0]), arity: 'list' }
    : { scalarType: scalarType(value), arity: 'scalar' };
}

function scalarType(value: unknown): ArgScalarType {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'bigint';
    case 'boolean':
      return 'boolean';
    default:
      return ArrayBuffer.isView(value) ? 'bytes' : 'unknown';
  }
}
