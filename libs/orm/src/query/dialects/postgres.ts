import { type OperationNode, PostgresQueryCompiler } from 'kysely';
import type { ArithmeticOperator } from '../../expressions/arithmetic-type.js';
import type { Operand } from '../../expressions/expression.js';
import {
  type DatePart,
  type ExplainOptions,
  type Features,
  SqlDialect,
  type TruncUnit,
} from '../sql-dialect.js';
import { call, keyword, parameter, sql } from '../sql.js';
import type { ValueKind, ValueType } from '../value-type.js';

const castNames: Partial<Record<ValueKind, string>> = {
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'numeric',
  String: 'text',
  Boolean: 'boolean',
  DateTime: 'timestamptz',
  Date: 'date',
  Time: 'time',
  Duration: 'interval',
  Json: 'jsonb',
  Bytes: 'bytea',
};

/** The database's own types that no other type becomes by itself. */
const castNamesOfNative: Readonly<Record<string, string>> = {
  Json: 'json',
  Uuid: 'uuid',
  Inet: 'inet',
  Xml: 'xml',
  Bit: 'bit',
  VarBit: 'varbit',
  Citext: 'citext',
};

const extracts: Record<DatePart, string> = {
  year: 'year',
  isoYear: 'isoyear',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  day: 'day',
  weekDay: 'dow',
  isoWeekDay: 'isodow',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
};

/** The types of Prisma's `String` that are searched by their text; the spaces that fill up a `char` are none of it. */
const notText = new Set(['Char', 'Uuid', 'Inet', 'Bit', 'VarBit', 'Xml']);

/** PostgreSQL, and PGlite which is PostgreSQL. */
export class PostgresDialect extends SqlDialect {
  override readonly name = 'PostgreSQL';
  override readonly features: Features = {
    lateral: true,
    distinctOn: true,
    rowLocks: true,
    returning: true,
    arrays: true,
    defaultValues: true,
  };
  protected override readonly compiler = new PostgresQueryCompiler();

  protected override readonly functions = {
    sha256: ([arg]: readonly Operand[]) => sql`encode(sha256(convert_to(${arg!.node}, 'UTF8')), 'hex')`,
    log: ([base, arg]: readonly Operand[]) =>
      sql`log(cast(${base!.node} as numeric), cast(${arg!.node} as numeric))`,
    round: ([value, places]: readonly Operand[]) => this.#rounded(value!, places!),
    json_object: (args: readonly Operand[]) =>
      call(
        'jsonb_build_object',
        args.map((arg, index) => (index % 2 === 0 ? sql`cast(${arg.node} as text)` : arg.node)),
      ),
  };

  override bind(value: unknown): unknown {
    return value;
  }

  override castName(type: ValueType): string | undefined {
    // A value that is bound as it is becomes what stands beside it.
    if (type.enum) return undefined;
    const name =
      castNamesOfNative[type.native ?? ''] ??
      (type.kind === 'DateTime' && !type.isZoned ? 'timestamp' : castNames[type.kind]);
    return name && type.isList ? `${name}[]` : name;
  }

  override arithmetic(operator: ArithmeticOperator, left: Operand, right: Operand): OperationNode {
    if (operator === '^') return sql`power(${left.node}, ${right.node})`;
    if (operator === '-' && left.type.kind === 'Date' && right.type.kind === 'Date') {
      return sql`((${left.node} - ${right.node}) * interval '1 day')`;
    }
    return sql`(${left.node} ${keyword(operator)} ${right.node})`;
  }

  override text(operand: Operand): OperationNode {
    if (operand.text) return operand.text;
    const { kind, enum: name, native = '' } = operand.type;
    return kind === 'String' && !name && !notText.has(native)
      ? operand.node
      : sql`cast(${operand.node} as text)`;
  }

  override like(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode {
    return insensitive ? sql`${value} ilike ${pattern}` : sql`${value} like ${pattern}`;
  }

  override regex(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode {
    return insensitive ? sql`${value} ~* ${pattern}` : sql`${value} ~ ${pattern}`;
  }

  override datePart(part: DatePart, operand: Operand, timeZone: string): OperationNode {
    const local = this.#local(operand, timeZone);
    const value = sql`extract(${keyword(extracts[part])} from ${local})`;
    if (part === 'weekDay') return sql`cast(${value} + 1 as integer)`;
    return part === 'second' ? sql`cast(floor(${value}) as integer)` : sql`cast(${value} as integer)`;
  }

  override dateOrTime(kind: 'Date' | 'Time', operand: Operand, timeZone: string): OperationNode {
    const local = this.#local(operand, timeZone);
    return kind === 'Date' ? sql`cast(${local} as date)` : sql`cast(${local} as time)`;
  }

  override truncate(unit: TruncUnit, operand: Operand, timeZone: string, type: ValueType): OperationNode {
    const truncated = sql`date_trunc('${keyword(unit)}', ${this.#local(operand, timeZone)})`;
    if (type.kind === 'Date') return sql`cast(${truncated} as date)`;
    if (type.kind === 'Time') return sql`cast(${truncated} as time)`;
    if (operand.type.kind === 'Date') return sql`(${truncated} at time zone ${this.#zone(timeZone)})`;
    const moment = sql`(${truncated} at time zone ${this.#zone(timeZone)})`;
    return operand.type.isZoned ? moment : sql`(${moment} at time zone 'UTC')`;
  }

  override jsonPath(value: OperationNode, path: readonly string[]): OperationNode {
    return sql`(${value} #> cast(${parameter(path)} as text[]))`;
  }

  override jsonText(value: OperationNode, path: readonly string[]): OperationNode {
    return sql`(${value} #>> cast(${parameter(path)} as text[]))`;
  }

  override jsonIs(value: OperationNode, kind: 'string' | 'number'): OperationNode {
    return sql`jsonb_typeof(cast(${value} as jsonb)) = ${keyword(`'${kind}'`)}`;
  }

  override jsonContains(value: OperationNode, other: OperationNode): OperationNode {
    return sql`${value} @> cast(${other} as jsonb)`;
  }

  /** PostgreSQL compares `jsonb` alone. */
  override jsonValue(node: OperationNode, type?: ValueType): OperationNode {
    return type?.native === 'Json' ? sql`cast(${node} as jsonb)` : node;
  }

  override jsonContainedBy(value: OperationNode, other: OperationNode): OperationNode {
    return sql`${value} <@ cast(${other} as jsonb)`;
  }

  override search(value: OperationNode, words: OperationNode): OperationNode {
    return sql`to_tsvector(coalesce(${value}, '')) @@ plainto_tsquery(${words})`;
  }

  override explain({ analyze = false, format = 'text' }: ExplainOptions): string {
    if (!['text', 'json', 'xml', 'yaml'].includes(format))
      throw this.unsupported(`format "${format}" of explain()`);
    return `explain (${analyze ? 'analyze, ' : ''}format ${format}) `;
  }

  override jsonHasKeys(
    value: OperationNode,
    keys: readonly string[],
    quantifier: 'any' | 'all',
  ): OperationNode {
    const list = sql`cast(${parameter(keys)} as text[])`;
    return quantifier === 'any' ? sql`${value} ?| ${list}` : sql`${value} ?& ${list}`;
  }

  override selectable(operand: Operand): OperationNode {
    return operand.type.kind === 'Duration' ? sql`extract(epoch from ${operand.node})` : operand.node;
  }

  #rounded(value: Operand, places: Operand): OperationNode {
    if (places.literal === 0 && value.type.kind !== 'Float') return sql`round(${value.node})`;
    const rounded = sql`round(cast(${value.node} as numeric), ${places.node})`;
    const name = this.castName(value.type);
    return name === undefined ? rounded : sql`cast(${rounded} as ${keyword(name)})`;
  }

  /** A moment as the wall clock of a time zone shows it. */
  #local(operand: Operand, timeZone: string): OperationNode {
    if (operand.type.kind !== 'DateTime') return operand.node;
    if (operand.type.isZoned) return sql`(${operand.node} at time zone ${this.#zone(timeZone)})`;
    if (timeZone === 'UTC') return operand.node;
    return sql`(${operand.node} at time zone 'UTC' at time zone ${this.#zone(timeZone)})`;
  }

  #zone(timeZone: string): OperationNode {
    return timeZone === 'UTC' ? keyword(`'UTC'`) : sql`cast(${parameter(timeZone)} as text)`;
  }
}
