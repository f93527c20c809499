import type { ColumnType } from 'kysely';
import type { Register } from '../metadata/register.js';
import type { Decimal } from '../query/decimal.js';

type Given<T> = T extends Decimal ? Decimal | string | number : T extends Date ? Date | string : T;

/** A column as Kysely's types know it; the generator writes one for each. */
export type Column<T> = ColumnType<T, Given<T>, Given<T>>;

/** A column that has a value where none is given. */
export type ColumnWithDefault<T> = ColumnType<T, Given<T> | undefined, Given<T>>;

/** The tables of the registered schema, by their names in the database; any table goes where none is registered. */
export type Tables = Register extends { tables: infer T } ? T : Record<string, Record<string, never>>;
