import { type OperationNode, SqliteQueryCompiler } from 'kysely';
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
import { sqliteFunctions } from './sqlite-functions.js';

const castNames: Partial<Record<ValueKind, string>> = {
  Int: 'integer',
  BigInt: 'integer',
  Float: 'real',
  Decimal: 'real',
  String: 'text',
  Boolean: 'integer',
  DateTime: 'text',
  Date: 'text',
  Time: 'text',
  Duration: 'real',
  Json: 'text',
};

/** How a moment is kept: as Prisma's adapters write it. */
const moment = '%Y-%m-%dT%H:%M:%f+00:00';

const extracts: Partial<Record<DatePart, string>> = {
  year: '%Y',
  month: '%m',
  day: '%d',
  hour: '%H',
  minute: '%M',
  second: '%S',
};

const truncated: Record<Exclude<TruncUnit, 'quarter'>, string> = {
  year: '%Y-01-01T00:00:00.000+00:00',
  month: '%Y-%m-01T00:00:00.000+00:00',
  week: '%Y-%m-%dT00:00:00.000+00:00',
  day: '%Y-%m-%dT00:00:00.000+00:00',
  hour: '%Y-%m-%dT%H:00:00.000+00:00',
  minute: '%Y-%m-%dT%H:%M:00.000+00:00',
  second: '%Y-%m-%dT%H:%M:%S.000+00:00',
};

/** SQLite, by libSQL: dates are texts, decimals are numbers, and only ASCII letters have capitals. */
export class SqliteDialect extends SqlDialect {
  override readonly name = 'SQLite';
  override readonly features: Features = {
    lateral: false,
    distinctOn: false,
    rowLocks: false,
    returning: true,
    arrays: false,
    defaultValues: false,
  };
  protected override readonly compiler = new SqliteQueryCompiler();
  protected override readonly functions = sqliteFunctions((what) => this.unsupported(what));

  override bind(value: unknown, type: ValueType): unknown {
    switch (type.kind) {
      case 'Boolean':
        return value === true ? 1 : 0;
      case 'Decimal':
        return Number(value);
      case 'BigInt':
        return typeof value === 'string' ? BigInt(value) : value;
      case 'DateTime':
        return (value as string).replace('Z', '+00:00');
      case 'Time':
        return (value as string).padEnd(8, ':00').padEnd(12, '.000');
      case 'Duration':
        return Number.parseFloat(value as string);
      default:
        return value;
    }
  }

  override castName(type: ValueType): string | undefined {
    return castNames[type.kind];
  }

  override arithmetic(operator: ArithmeticOperator, left: Operand, right: Operand): OperationNode {
    if (operator === '^') return sql`power(${left.node}, ${right.node})`;
    if (isTemporal(left.type)) return this.#dateArithmetic(operator, left, right);
    if (isTemporal(right.type)) return this.#shifted(right.node, left.node);
    const isExact = left.type.kind === 'Decimal' || right.type.kind === 'Decimal';
    // A decimal without a fraction is kept as an integer, and two integers would divide to one.
    if (operator === '/' && isExact) return sql`(cast(${left.node} as real) / ${right.node})`;
    return sql`(${left.node} ${keyword(operator)} ${right.node})`;
  }

  override text(operand: Operand): OperationNode {
    if (operand.text) return operand.text;
    return operand.type.kind === 'String' ? operand.node : sql`cast(${operand.node} as text)`;
  }

  override like(value: OperationNode, pattern: OperationNode): OperationNode {
    return sql`${value} like ${pattern} escape ${keyword(String.raw`'\'`)}`;
  }

  /** LIKE takes no account of capitals: where they count, the texts themselves are compared. */
  override matches(match: TextMatch): OperationNode {
    const { place, value, part, pattern, insensitive } = match;
    if (insensitive) return this.like(value, pattern);
    if (place === 'contains') return sql`instr(${value}, ${part}) > 0`;
    if (place === 'startsWith') return sql`substr(${value}, 1, length(${part})) = ${part}`;
    return sql`substr(${value}, length(${value}) - length(${part}) + 1) = ${part}`;
  }

  override regex(value: OperationNode, pattern: OperationNode, insensitive: boolean): OperationNode {
    return insensitive ? sql`${value} regexp '(?i)' || ${pattern}` : sql`${value} regexp ${pattern}`;
  }

  override datePart(part: DatePart, { node }: Operand, timeZone: string): OperationNode {
    this.#checkZone(timeZone);
    const thursday = sql`date(${node}, '-3 days', 'weekday 4')`;
    switch (part) {
      case 'quarter':
        return sql`((cast(strftime('%m', ${node}) as integer) + 2) / 3)`;
      case 'week':
        return sql`((cast(strftime('%j', ${thursday}) as integer) - 1) / 7 + 1)`;
      case 'isoYear':
        return sql`cast(strftime('%Y', ${thursday}) as integer)`;
      case 'weekDay':
        return sql`(cast(strftime('%w', ${node}) as integer) + 1)`;
      case 'isoWeekDay':
        return sql`((cast(strftime('%w', ${node}) as integer) + 6) % 7 + 1)`;
      default:
        return sql`cast(strftime(${keyword(`'${extracts[part]}'`)}, ${node}) as integer)`;
    }
  }

  override dateOrTime(kind: 'Date' | 'Time', { node }: Operand, timeZone: string): OperationNode {
    this.#checkZone(timeZone);
    return kind === 'Date' ? sql`strftime('%Y-%m-%d', ${node})` : sql`strftime('%H:%M:%f', ${node})`;
  }

  override truncate(unit: TruncUnit, operand: Operand, timeZone: string, type: ValueType): OperationNode {
    this.#checkZone(timeZone);
    const start = this.#truncated(unit, operand.node);
    if (type.kind === 'DateTime') return start;
    return type.kind === 'Date' ? sql`substr(${start}, 1, 10)` : sql`substr(${start}, 12, 12)`;
  }

  override now(): OperationNode {
    return keyword(`strftime('${moment}', 'now')`);
  }

  override same(left: OperationNode, right: OperationNode): OperationNode {
    return sql`${left} is ${right}`;
  }

  override jsonPath(value: OperationNode, path: readonly string[]): OperationNode {
    return sql`(${value} -> ${parameter(jsonPath(path))})`;
  }

  override jsonText(value: OperationNode, path: readonly string[]): OperationNode {
    return sql`(${value} ->> ${parameter(jsonPath(path))})`;
  }

  /** The value itself: JSON's own texts of a number or a text would compare letter by letter. */
  override jsonValue(node: OperationNode): OperationNode {
    return sql`(case json_type(${node}) when 'null' then 'null' when 'true' then 'true' when 'false' then 'false' else json_extract(${node}, '$') end)`;
  }

  override jsonContains(): OperationNode {
    throw this.unsupported('lookup for JSON that holds other JSON');
  }

  override jsonContainedBy(): OperationNode {
    throw this.unsupported('lookup for JSON that other JSON holds');
  }

  override search(): OperationNode {
    throw this.unsupported('search of words without a table made for it');
  }

  override explain({ analyze = false, format = 'text' }: ExplainOptions): string {
    if (analyze) throw this.unsupported('explain() that runs the statement');
    if (format !== 'text') throw this.unsupported(`format "${format}" of explain()`);
    return 'explain query plan ';
  }

  override jsonHasKeys(
    value: OperationNode,
    keys: readonly string[],
    quantifier: 'any' | 'all',
  ): OperationNode {
    const tests = keys.map((key) => sql`json_type(${value}, ${parameter(jsonPath([key]))}) is not null`);
    return tests.length === 0
      ? keyword(quantifier === 'any' ? '1 = 0' : '1 = 1')
      : sql`(${join(tests, quantifier === 'any' ? ' or ' : ' and ')})`;
  }

  override aggregate(aggregate: AggregateCall): OperationNode {
    const { name, args, distinct } = aggregate;
    const as = (other: string): OperationNode => super.aggregate({ ...aggregate, name: other });
    switch (name) {
      case 'string_agg':
        if (distinct) throw this.unsupported('StringAgg of distinct texts');
        return as('group_concat');
      case 'jsonb_agg':
        return as('json_group_array');
      case 'bool_and':
        return as('min');
      case 'bool_or':
        return as('max');
      case 'array_agg':
        throw this.unsupported('lists: use JSONAgg instead of ArrayAgg');
      case 'var_pop':
      case 'var_samp':
      case 'stddev_pop':
      case 'stddev_samp':
        return this.#spread(aggregate);
      default:
        return name === 'avg' && args[0]?.type.kind === 'Decimal'
          ? super.aggregate({
              ...aggregate,
              args: [{ ...args[0], node: sql`cast(${args[0].node} as real)` }],
            })
          : super.aggregate(aggregate);
    }
  }

  override member(node: OperationNode): OperationNode {
    return sql`select * from ${node}`;
  }

  override get noLimit(): OperationNode {
    return keyword('-1');
  }

  /** What SQLite has computed of decimals is told in the 15 digits that a number has. */
  override selectable(operand: Operand): OperationNode {
    const isColumn = operand.node.kind === 'ReferenceNode';
    return operand.type.kind === 'Decimal' && !isColumn ? sql`cast(${operand.node} as text)` : operand.node;
  }

  #dateArithmetic(operator: ArithmeticOperator, left: Operand, right: Operand): OperationNode {
    if (isTemporal(right.type)) {
      return sql`(unixepoch(${left.node}, 'subsec') - unixepoch(${right.node}, 'subsec'))`;
    }
    return this.#shifted(left.node, operator === '-' ? sql`-${right.node}` : right.node);
  }

  #shifted(node: OperationNode, seconds: OperationNode): OperationNode {
    return sql`strftime(${keyword(`'${moment}'`)}, ${node}, (${seconds}) || ' seconds')`;
  }

  #truncated(unit: TruncUnit, node: OperationNode): OperationNode {
    if (unit === 'quarter') {
      const month = sql`((cast(strftime('%m', ${node}) as integer) - 1) / 3 * 3 + 1)`;
      return sql`(strftime('%Y-', ${node}) || format('%02d', ${month}) || '-01T00:00:00.000+00:00')`;
    }
    const format = keyword(`'${truncated[unit]}'`);
    return unit === 'week'
      ? sql`strftime(${format}, ${node}, '-6 days', 'weekday 1')`
      : sql`strftime(${format}, ${node})`;
  }

  /** The variance by sums, of which the deviation is the root; a sample is divided by one less. */
  #spread(aggregate: AggregateCall): OperationNode {
    const { name, args } = aggregate;
    const x = sql`cast(${args[0]!.node} as real)`;
    const over = (what: string, node: OperationNode): OperationNode =>
      super.aggregate({ ...aggregate, name: what, args: [{ ...args[0]!, node }] });
    const count = over('count', x);
    const sum = over('sum', x);
    const squares = over('sum', sql`(${x} * ${x})`);
    const divisor = name.endsWith('samp') ? sql`nullif(${count} - 1, 0)` : count;
    const variance = sql`(max(${squares} - ${sum} * ${sum} / ${count}, 0.0) / ${divisor})`;
    return name.startsWith('stddev') ? call('sqrt', [variance]) : variance;
  }

  #checkZone(timeZone: string): void {
    if (timeZone !== 'UTC') throw this.unsupported(`time zone "${timeZone}", only UTC`);
  }
}

/** Keys as SQLite's JSON functions take them; a number can be a position. */
function jsonPath(path: readonly string[]): string {
  return `$${path.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${JSON.stringify(key)}`)).join('')}`;
}
