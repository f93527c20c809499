import type { CompiledQuery, OperationNode, QueryId, RootOperationNode } from 'kysely';
import { createQueryId } from 'kysely';
import type { ArithmeticOperator } from '../expressions/arithmetic-type.js';
import type { Operand } from '../expressions/expression.js';
import { NotSupportedError } from '../errors.js';
import { call, join, keyword, sql } from './sql.js';
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
  /** Whether `DEFAULT` can stand for a value. */
  readonly defaultValues: boolean;
}

export interface ExplainOptions {
  /** Whether the statement is run, and what it took is told. */
  analyze?: boolean;
  format?: 'text' | 'json' | 'xml' | 'yaml';
}

/** An aggregate function and what it is computed of. */
export interface AggregateCall {
  readonly name: string;
  readonly args: readonly Operand[];
  readonly distinct: boolean;
  readonly orderBy: readonly OperationNode[];
  readonly filter: OperationNode | undefined;
}

/** A text to be found in a value. */
export interface TextMatch {
  readonly place: 'contains' | 'startsWith' | 'endsWith';
  readonly value: OperationNode;
  readonly part: OperationNode;
  readonly pattern: OperationNode;
  readonly insensitive: boolean;
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

  /** Functions that the database calls otherwise, or has to compute, by PostgreSQL's names. */
  protected readonly functions: Readonly<Record<string, (args: readonly Operand[]) => OperationNode>> = {};

  /** Calls a function that the library knows by PostgreSQL's name. */
  call(name: string, args: readonly Operand[]): OperationNode {
    const own = Object.hasOwn(this.functions, name) ? this.functions[name] : undefined;
    return own
      ? own(args)
      : call(
          name,
          args.map((arg) => arg.node),
        );
  }

  /** Writes an aggregate, which is known by PostgreSQL's name. */
  aggregate({ name, args, distinct, orderBy, filter }: AggregateCall): OperationNode {
    const list =
      args.length > 0
        ? join(
            args.map((arg) => arg.node),
            ', ',
          )
        : keyword('*');
    const ordered = orderBy.length > 0 ? sql`${list} order by ${join(orderBy, ', ')}` : list;
    const where = filter ? sql` filter (where ${filter})` : keyword('');
    return sql`${keyword(name)}(${keyword(distinct ? 'distinct ' : '')}${ordered})${where}`;
  }

  /** Whether a text stands somewhere in another; `pattern` is the same text as LIKE reads it. */
  matches({ value, pattern, insensitive }: TextMatch): OperationNode {
    return this.like(value, pattern, insensitive);
  }

  /** The moment at which the statement, or its transaction, began. */
  now(): OperationNode {
    return keyword('current_timestamp');
  }

  /** A JSON value as comparisons take it; a column's has its type. */
  jsonValue(node: OperationNode, _type?: ValueType): OperationNode {
    return node;
  }

  /** Inserts rows, and leaves out those that are there already. */
  insertIgnoring(target: OperationNode): OperationNode {
    return sql`insert into ${target} on conflict do nothing`;
  }

  /** What to sort by first, where nulls cannot be placed by words. */
  orderedNulls(_node: OperationNode, _nulls: 'first' | 'last'): OperationNode | undefined {
    return undefined;
  }

  random(): OperationNode {
    return keyword('random()');
  }

  /** A query as a member of a union. */
  member(node: OperationNode): OperationNode {
    return sql`${node}`;
  }

  /** What `LIMIT` says where only an offset is wanted. */
  get noLimit(): OperationNode | undefined {
    return undefined;
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
  /** Whether a value inside of a JSON document is of a kind; `undefined` where the database cannot tell. */
  jsonIs(_value: OperationNode, _kind: 'string' | 'number'): OperationNode | undefined {
    return undefined;
  }

  abstract jsonContains(value: OperationNode, other: OperationNode): OperationNode;
  abstract jsonContainedBy(value: OperationNode, other: OperationNode): OperationNode;
  /** Whether a text has some words. Without an index for it every row is read. */
  abstract search(value: OperationNode, words: OperationNode): OperationNode;
  abstract jsonHasKeys(
    value: OperationNode,
    keys: readonly string[],
    quantifier: 'any' | 'all',
  ): OperationNode;
  /** A value as the rows of a result can carry it, where a driver cannot read its type. */
  abstract selectable(operand: Operand): OperationNode;

  /** What stands in front of a statement to have it explained. */
  abstract explain(options: ExplainOptions): string;

  protected unsupported(what: string): NotSupportedError {
    return new NotSupportedError(`${this.name} has no ${what}.`);
  }
}
