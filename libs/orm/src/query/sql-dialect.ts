import type { CompiledQuery, OperationNode, QueryId, RootOperationNode } from 'kysely';
import { createQueryId } from 'kysely';
import type { ArithmeticOperator } from '../expressions/arithmetic-type.js';
import type { Operand } from '../expressions/expression.js';
import { NotSupportedError } from '../errors.js';
import { sql } from './sql.js';
import type { ValueType } from './value-type.js';

/** The parts of a date that a lookup or `Extract` can take. */
export const dateParts = [
  'year',
  'isoYear',
  'quarter',
  'month',
  'week',
  'day',
  'weekDay',
  'isoWeekDay',
  'hour',
  'minute',
  'second',
] as const;
export type DatePart = (typeof dateParts)[number];

/** The units that a date can be truncated to. */
export const truncUnits = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;
export type TruncUnit = (typeof truncUnits)[number];

/** What a family of databases can do beyond what all of them can. */
export interface Features {
  /** `LATERAL` joins, which hold all aggregates over one relation at once. */
  readonly lateral: boolean;
  readonly distinctOn: boolean;
  readonly rowLocks: boolean;
  readonly returning: boolean;
  /** Whether a list is bound as one parameter. */
  readonly arrays: boolean;
}

/** How one family of databases spells what SQL does not settle; the only place that tells them apart. */
export abstract class SqlDialect {
  abstract readonly name: string;
  abstract readonly features: Features;
  protected abstract readonly compiler: { compileQuery(node: RootOperationNode, id: QueryId): CompiledQuery };

  #queryId = createQueryId();

  /** Writes a statement as text and parameters. */
  compile(node: OperationNode): { sql: string; parameters: readonly unknown[] } {
    return this.compiler.compileQuery(node as RootOperationNode, this.#queryId);
  }

  /** How the database calls a function that the library knows by another name. */
  functionName(name: string): string {
    return name;
  }

  /** Whether two values are the same, which two nulls are. */
  same(left: OperationNode, right: OperationNode): OperationNode {
    return sql`${left} is not distinct from ${right}`;
  }

  /** Turns a converted value into what the driver takes. */
  abstract bind(value: unknown, type: ValueType): unknown;
  /** The name of a type in `cast(… as …)`; `undefined` where a cast would say nothing. */
  abstract castName(type: ValueType): string | undefined;
  abstract arithmetic(operator: ArithmeticOperator, left: Operand, right: Operand): OperationNode;
  abstract text(operand: Operand): OperationNode;
  abstract like(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode;
  abstract regex(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode;
  abstract datePart(part: DatePart, operand: Operand, timeZone: string): OperationNode;
  /** The date or the time of day of a moment. */
  abstract dateOrTime(kind: 'Date' | 'Time', operand: Operand, timeZone: string): OperationNode;
  abstract truncate(unit: TruncUnit, operand: Operand, timeZone: string, type: ValueType): OperationNode;
  abstract jsonPath(value: OperationNode, path: readonly string[]): OperationNode;
  abstract jsonText(value: OperationNode, path: readonly string[]): OperationNode;
  abstract jsonContains(value: OperationNode, other: OperationNode): OperationNode;
  abstract jsonHasKeys(
    value: OperationNode,
    keys: readonly string[],
    quantifier: 'any' | 'all',
  ): OperationNode;
  /** A value as the rows of a result can carry it, where a driver cannot read its type. */
  abstract selectable(operand: Operand): OperationNode;

  protected unsupported(what: string): NotSupportedError {
    return new NotSupportedError(`${this.name} has no ${what}.`);
  }
}
