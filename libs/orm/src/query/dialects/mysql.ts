import { MysqlQueryCompiler, type OperationNode } from 'kysely';
import type { ArithmeticOperator } from '../../expressions/arithmetic-type.js';
import type { Operand } from '../../expressions/expression.js';
import {
  type AggregateCall,
  type DatePart,
  type ExplainOptions,
  type Features,
  SqlDialect,
  type TextMatch,
  type TruncUnit,
} from '../sql-dialect.js';
import { call, join, keyword, parameter, sql } from '../sql.js';
import { isTemporal, type ValueKind, type ValueType } from '../value-type.js';

const castNames: Partial<Record<ValueKind, string>> = {
  Int: 'signed',
  BigInt: 'signed',
  Float: 'double',
  Decimal: 'decimal(65, 30)',
  String: 'char',
  Boolean: 'signed',
  DateTime: 'datetime(3)',
  Date: 'date',
  Time: 'time(3)',
  Duration: 'double',
  Json: 'json',
};

const truncated: Record<Exclude<TruncUnit, 'quarter' | 'week'>, string> = {
  year: '%Y-01-01 00:00:00.000',
  month: '%Y-%m-01 00:00:00.000',
  day: '%Y-%m-%d 00:00:00.000',
  hour: '%Y-%m-%d %H:00:00.000',
  minute: '%Y-%m-%d %H:%i:00.000',
  second: '%Y-%m-%d %H:%i:%s.000',
};

/** MySQL 8 and MariaDB 10.6: capitals count where a lookup says so, whatever the collation. */
export class MysqlDialect extends SqlDialect {
  override readonly name = 'MySQL';
  override readonly features: Features = {
    lateral: false,
    distinctOn: false,
    rowLocks: true,
    returning: false,
    arrays: false,
    defaultValues: true,
  };
  protected override readonly compiler = new MysqlQueryCompiler();
  protected override readonly functions = {
    strpos: ([text, part]: readonly Operand[]) => sql`locate(${part!.node}, ${text!.node})`,
    length: ([text]: readonly Operand[]) => call('char_length', [text!.node]),
    ascii: ([text]: readonly Operand[]) => call('ord', [text!.node]),
    chr: ([code]: readonly Operand[]) => sql`char(${code!.node} using utf8mb4)`,
    sha256: ([text]: readonly Operand[]) => sql`sha2(${text!.node}, 256)`,
  };

  override bind(value: unknown, type: ValueType): unknown {
    if (type.kind === 'DateTime') return (value as string).replace('T', ' ').replace('Z', '');
    if (type.kind === 'Duration') return Number.parseFloat(value as string);
    return value;
  }

  override castName(type: ValueType): string | undefined {
    return castNames[type.kind];
  }

  override arithmetic(operator: ArithmeticOperator, left: Operand, right: Operand): OperationNode {
    if (operator === '^') return sql`power(${left.node}, ${right.node})`;
    if (isTemporal(left.type) && isTemporal(right.type)) {
      return sql`(timestampdiff(microsecond, ${right.node}, ${left.node}) / 1000000)`;
    }
    if (isTemporal(left.type)) return this.#shifted(operator, left.node, right.node);
    if (isTemporal(right.type)) return this.#shifted(operator, right.node, left.node);
    const isWhole = [left, right].every(({ type }) => type.kind === 'Int' || type.kind === 'BigInt');
    // Elsewhere two integers divide to an integer.
    if (operator === '/' && isWhole) return sql`(${left.node} div ${right.node})`;
    return sql`(${left.node} ${keyword(operator)} ${right.node})`;
  }

  override text(operand: Operand): OperationNode {
    if (operand.text) return operand.text;
    return operand.type.kind === 'String' ? operand.node : sql`cast(${operand.node} as char)`;
  }

  override like(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode {
    return insensitive ? sql`lower(${value}) like lower(${pattern})` : sql`${value} like binary ${pattern}`;
  }

  override matches({ value, pattern, insensitive }: TextMatch): OperationNode {
    return this.like(value, pattern, insensitive);
  }

  override regex(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode {
    return sql`regexp_like(${value}, ${pattern}, ${keyword(insensitive ? "'i'" : "'c'")})`;
  }

  override datePart(part: DatePart, operand: Operand, timeZone: string): OperationNode {
    const node = this.#local(operand, timeZone);
    switch (part) {
      case 'isoYear':
        return sql`(yearweek(${node}, 3) div 100)`;
      case 'week':
        return sql`weekofyear(${node})`;
      case 'weekDay':
        return sql`dayofweek(${node})`;
      case 'isoWeekDay':
        return sql`(weekday(${node}) + 1)`;
      default:
        return call(part, [node]);
    }
  }

  override dateOrTime(kind: 'Date' | 'Time', operand: Operand, timeZone: string): OperationNode {
    return call(kind === 'Date' ? 'date' : 'time', [this.#local(operand, timeZone)]);
  }

  override truncate(unit: TruncUnit, operand: Operand, timeZone: string, type: ValueType): OperationNode {
    const start = this.#truncated(unit, this.#local(operand, timeZone));
    if (type.kind === 'Date') return call('date', [start]);
    if (type.kind === 'Time') return call('time', [start]);
    return timeZone === 'UTC' ? start : sql`convert_tz(${start}, ${parameter(timeZone)}, 'UTC')`;
  }

  override same(left: OperationNode, right: OperationNode): OperationNode {
    return sql`${left} <=> ${right}`;
  }

  override insertIgnoring(target: OperationNode): OperationNode {
    return sql`insert ignore into ${target}`;
  }

  override now(): OperationNode {
    return keyword('utc_timestamp(3)');
  }

  override jsonPath(value: OperationNode, path: readonly string[]): OperationNode {
    return sql`json_extract(${value}, ${parameter(jsonPath(path))})`;
  }

  override jsonText(value: OperationNode, path: readonly string[]): OperationNode {
    return sql`json_unquote(json_extract(${value}, ${parameter(jsonPath(path))}))`;
  }

  override jsonValue(node: OperationNode): OperationNode {
    return sql`cast(${node} as json)`;
  }

  override jsonContains(value: OperationNode, other: OperationNode): OperationNode {
    return sql`json_contains(${value}, ${other})`;
  }

  override jsonContainedBy(value: OperationNode, other: OperationNode): OperationNode {
    return sql`json_contains(${other}, ${value})`;
  }

  override jsonHasKeys(
    value: OperationNode,
    keys: readonly string[],
    quantifier: 'any' | 'all',
  ): OperationNode {
    if (keys.length === 0) return keyword(quantifier === 'any' ? '1 = 0' : '1 = 1');
    const paths = keys.map((key) => parameter(jsonPath([key])));
    const which = keyword(quantifier === 'any' ? "'one'" : "'all'");
    return sql`json_contains_path(${value}, ${which}, ${join(paths, ', ')})`;
  }

  override search(value: OperationNode, words: OperationNode): OperationNode {
    return sql`match (${value}) against (${words})`;
  }

  override explain({ analyze = false, format = 'text' }: ExplainOptions): string {
    if (format === 'xml' || format === 'yaml') throw this.unsupported(`format "${format}" of explain()`);
    if (analyze) return 'explain analyze ';
    return `explain format=${format === 'json' ? 'json' : 'tree'} `;
  }

  /** MySQL filters nothing that it aggregates: what does not count is null. */
  override aggregate(aggregate: AggregateCall): OperationNode {
    const { name, args, filter, orderBy, distinct } = aggregate;
    const [first] = args;
    const counted = filter && sql`case when ${filter} then ${first?.node ?? keyword('1')} end`;
    const given = counted
      ? [{ ...(first ?? { type: { kind: 'Int' } as const }), node: counted }, ...args.slice(1)]
      : args;
    const plain = { ...aggregate, args: given, filter: undefined };
    switch (name) {
      case 'string_agg': {
        const [text, separator] = given;
        const order = orderBy.length > 0 ? sql` order by ${join(orderBy, ', ')}` : sql``;
        const value = sql`${keyword(distinct ? 'distinct ' : '')}${text!.node}${order}`;
        return sql`group_concat(${value} separator ${separator!.node})`;
      }
      case 'jsonb_agg':
        return super.aggregate({ ...plain, name: 'json_arrayagg' });
      case 'bool_and':
        return super.aggregate({ ...plain, name: 'min' });
      case 'bool_or':
        return super.aggregate({ ...plain, name: 'max' });
      case 'array_agg':
        throw this.unsupported('lists: use JSONAgg instead of ArrayAgg');
      default:
        return super.aggregate(plain);
    }
  }

  override orderedNulls(node: OperationNode, nulls: 'first' | 'last'): OperationNode | undefined {
    return nulls === 'last' ? sql`${node} is null` : sql`${node} is not null`;
  }

  override random(): OperationNode {
    return keyword('rand()');
  }

  /** The most that there can be: MySQL knows no offset alone. */
  override get noLimit(): OperationNode {
    return keyword('18446744073709551615');
  }

  override selectable(operand: Operand): OperationNode {
    return operand.node;
  }

  #shifted(operator: ArithmeticOperator, node: OperationNode, seconds: OperationNode): OperationNode {
    const sign = keyword(operator === '-' ? '-' : '+');
    return sql`(${node} ${sign} interval (${seconds} * 1000000) microsecond)`;
  }

  #truncated(unit: TruncUnit, node: OperationNode): OperationNode {
    if (unit === 'week') return sql`cast(date(${node}) - interval weekday(${node}) day as datetime(3))`;
    if (unit === 'quarter') {
      return sql`cast(makedate(year(${node}), 1) + interval (quarter(${node}) - 1) quarter as datetime(3))`;
    }
    return sql`cast(date_format(${node}, ${keyword(`'${truncated[unit]}'`)}) as datetime(3))`;
  }

  /** A moment, which is kept in UTC, as the wall clock of a time zone shows it. */
  #local({ node, type }: Operand, timeZone: string): OperationNode {
    if (type.kind !== 'DateTime' || timeZone === 'UTC') return node;
    return sql`convert_tz(${node}, 'UTC', ${parameter(timeZone)})`;
  }
}

/** Keys as MySQL's JSON functions take them; a number can be a position. */
function jsonPath(path: readonly string[]): string {
  return `$${path.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${JSON.stringify(key)}`)).join('')}`;
}
