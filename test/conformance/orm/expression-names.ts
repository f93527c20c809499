import * as orm from '@nest-quintet/orm';
import { type Keywords, NativeFunction, type Value } from '../python/index.js';
import { argumentOf, conditionsOf, expression, filterArguments } from './expression-objects.js';
import { camelCase, pathOf } from './naming.js';
import { asText } from './values.js';
import { namedOurs, toOurs } from './values.js';

type Make = (args: readonly Value[], keywords: Keywords) => unknown;

const fieldTypes = {
  IntegerField: 'Int',
  BigIntegerField: 'BigInt',
  FloatField: 'Float',
  DecimalField: 'Decimal',
  CharField: 'String',
  TextField: 'String',
  BooleanField: 'Boolean',
  DateField: 'Date',
  DateTimeField: 'DateTime',
  TimeField: 'Time',
  DurationField: 'Duration',
  JSONField: 'Json',
} as const;

function fieldType(value: Value): never {
  return toOurs(value) as never;
}

/** Gives an expression the type that `output_field` names. */
function typed(made: orm.Expression, { output_field: type = null }: Keywords): orm.Expression {
  if (type === null) return made;
  const wrapped = orm.ExpressionWrapper(made, fieldType(type));
  if (toOurs(type) === 'Duration') durations.add(wrapped);
  return wrapped;
}

const durations = new WeakSet<orm.Expression>();

/** Whether a program has said that an expression is a length of time, which is a `timedelta` there. */
export function isDuration(expression: orm.Expression | undefined): boolean {
  return expression !== undefined && durations.has(expression);
}

function aggregate(make: (argument: never, options: never) => orm.Expression): Make {
  return ([argument, second], keywords) => {
    const { distinct, filter = null, default: otherwise = null, sample } = keywords;
    const options = {
      ...(distinct !== undefined && { distinct }),
      ...(filter !== null && { filter: toOurs(filter) }),
      ...(otherwise !== null && { default: toOurs(otherwise) }),
      ...(sample !== undefined && { sample }),
    };
    const named = argument ?? keywords['expression'];
    const given = named === '*' ? '*' : argumentOf(named);
    void second;
    return typed(make(given as never, options as never), keywords);
  };
}

/** Functions whose arguments all are names or expressions. */
function ofArguments(make: (...args: never[]) => orm.Expression): Make {
  return (args, keywords) => typed(make(...(args.map(argumentOf) as never[])), keywords);
}

/** Functions of one name or expression and further values. */
function ofValues(make: (argument: never, ...rest: never[]) => orm.Expression, ...names: string[]): Make {
  return ([first, ...rest], keywords) => {
    const named = names.slice(rest.length).map((name) => keywords[name]);
    const given = [...rest, ...named].filter((value) => value !== undefined);
    return typed(
      make(argumentOf(first) as never, ...(given.map((value) => toOurs(value)) as never[])),
      keywords,
    );
  };
}

function ofDate(make: (argument: never, options: never) => orm.Expression, ownType?: string): Make {
  return ([argument], { tzinfo = null, output_field: type = null }) => {
    const as = type === null || toOurs(type) === ownType ? undefined : toOurs(type);
    const options = { ...(tzinfo !== null && { timeZone: tzinfo }), ...(as !== undefined && { as }) };
    return make(argumentOf(argument) as never, options as never);
  };
}

const lookupNames: Readonly<Record<string, string>> = {
  Exact: 'equals',
  GreaterThan: 'gt',
  GreaterThanOrEqual: 'gte',
  LessThan: 'lt',
  LessThanOrEqual: 'lte',
  IsNull: 'isnull',
  In: 'in',
  Contains: 'contains',
  IContains: 'icontains',
};

const makers: Record<string, Make> = {
  F: ([path]) => orm.F(pathOf(asText(path))),
  OuterRef: ([path]) =>
    orm.OuterRef(typeof path === 'string' ? pathOf(path) : (toOurs(path) as orm.OuterReference)),
  Value: ([value, type], keywords) =>
    typed(orm.Value(toOurs(value)) as orm.Expression, type === undefined ? keywords : { output_field: type }),
  Q: (args, { _connector: connector = null, ...keywords }) => {
    const given = filterArguments(args, keywords) as object[];
    if (connector !== 'OR') return orm.Q(...given);
    const each = Object.entries(keywords).map(([name, value]) => orm.Q(conditionsOf({ [name]: value })));
    const [first, ...rest] = [...args.map((arg) => toOurs(arg) as orm.QExpression), ...each];
    return rest.length > 0 ? first!.or(...rest) : first;
  },
  When: (args, { then = null, ...keywords }) => {
    const [condition, positional] = args;
    const isGiven = condition !== undefined && Object.keys(keywords).length === 0;
    const where = isGiven
      ? (toOurs(condition) as object)
      : orm.Q(...filterArguments(args.slice(0, 1), keywords));
    return orm.When(where, argumentOrValue(positional ?? then));
  },
  Case: (branches, { default: otherwise = null, ...keywords }) =>
    typed(
      orm.Case(branches.map(toOurs) as never, { default: argumentOrValue(otherwise) }) as orm.Expression,
      keywords,
    ),
  Subquery: ([query], keywords) => typed(orm.Subquery(toOurs(query) as never), keywords),
  Exists: ([query]) => orm.Exists(toOurs(query) as never),
  ExpressionWrapper: ([inner], keywords) => typed(toOurs(inner) as orm.Expression, keywords),
  Func: (args, { function: name, template = '%(function)s(%(expressions)s)', ...keywords }) =>
    typed(
      orm.Func(asText(name), args.map(argumentOf), {
        template: asText(template).replace(/%\((function|expressions)\)s/g, '{$1}'),
      }),
      keywords,
    ),
  Cast: ([value, type], { output_field: named }) => orm.Cast(argumentOf(value), fieldType(type ?? named)),
  RawSQL: ([text, parameters = []], keywords) =>
    typed(orm.RawSQL(asText(text), toOurs(parameters) as unknown[]), keywords),
  FilteredRelation: ([path], { relation_name: named = path, condition = null }) =>
    orm.FilteredRelation(pathOf(asText(named)), {
      condition: condition === null ? orm.Q() : (toOurs(condition) as orm.QExpression),
    }),
  Count: aggregate(orm.Count),
  Sum: aggregate(orm.Sum),
  Avg: aggregate(orm.Avg),
  Min: aggregate(orm.Min),
  Max: aggregate(orm.Max),
  StdDev: aggregate(orm.StdDev),
  Variance: aggregate(orm.Variance),
  Coalesce: ofArguments(orm.Coalesce),
  Greatest: ofArguments(orm.Greatest),
  Least: ofArguments(orm.Least),
  NullIf: ofArguments(orm.NullIf),
  Concat: ofArguments(orm.Concat),
  Lower: ofArguments(orm.Lower),
  Upper: ofArguments(orm.Upper),
  Length: ofArguments(orm.Length),
  Trim: ofArguments(orm.Trim),
  LTrim: ofArguments(orm.LTrim),
  RTrim: ofArguments(orm.RTrim),
  Reverse: ofArguments(orm.Reverse),
  Chr: ofArguments(orm.Chr),
  Ord: ofArguments(orm.Ord),
  MD5: ofArguments(orm.MD5),
  SHA256: ofArguments(orm.SHA256),
  Abs: ofArguments(orm.Abs),
  Ceil: ofArguments(orm.Ceil),
  Floor: ofArguments(orm.Floor),
  Sqrt: ofArguments(orm.Sqrt),
  Sign: ofArguments(orm.Sign),
  Ln: ofArguments(orm.Ln),
  Log: ofArguments(orm.Log),
  Exp: ofArguments(orm.Exp),
  Mod: ofArguments(orm.Mod),
  Power: ofArguments(orm.Power),
  Substr: ofValues(orm.Substr, 'pos', 'length'),
  Left: ofValues(orm.Left, 'length'),
  Right: ofValues(orm.Right, 'length'),
  Replace: ofValues(orm.Replace, 'text', 'replacement'),
  Repeat: ofValues(orm.Repeat, 'number'),
  LPad: ofValues(orm.LPad, 'length', 'fill_text'),
  RPad: ofValues(orm.RPad, 'length', 'fill_text'),
  StrIndex: ofValues(orm.StrIndex, 'substring'),
  Collate: ofValues(orm.Collate, 'collation'),
  Round: ofValues(orm.Round, 'precision'),
  Window: (
    [computed],
    {
      expression: named,
      partition_by: partitionBy = null,
      order_by: orderBy = null,
      frame = null,
      ...keywords
    },
  ) =>
    typed(
      orm.Window(toOurs(computed ?? named) as orm.Expression, {
        ...(partitionBy !== null && { partitionBy: listOf(partitionBy) as orm.Argument[] }),
        ...(orderBy !== null && { orderBy: listOf(orderBy) as orm.Ordering[] }),
        ...(frame !== null && { frame: toOurs(frame) as orm.Frame }),
      }),
      keywords,
    ),
  RowRange: ([start, end], keywords) => orm.RowRange(...frameOf(start, end, keywords)),
  ValueRange: ([start, end], keywords) => orm.ValueRange(...frameOf(start, end, keywords)),
  RowNumber: () => orm.RowNumber(),
  Rank: () => orm.Rank(),
  DenseRank: () => orm.DenseRank(),
  PercentRank: () => orm.PercentRank(),
  CumeDist: () => orm.CumeDist(),
  Ntile: ([number], { num_buckets: buckets = number ?? 1 }) => orm.Ntile(Number(buckets)),
  Lag: ([argument], keywords) => orm.Lag(argumentOf(argument), namedOurs(new Map(Object.entries(keywords)))),
  Lead: ([argument], keywords) =>
    orm.Lead(argumentOf(argument), namedOurs(new Map(Object.entries(keywords)))),
  FirstValue: ofArguments(orm.FirstValue),
  LastValue: ofArguments(orm.LastValue),
  NthValue: ([argument, number], { nth = number ?? 1 }) => orm.NthValue(argumentOf(argument), Number(nth)),
  Now: () => orm.Now(),
  JSONObject: (_, keywords) =>
    orm.JSONObject(
      Object.fromEntries(Object.entries(keywords).map(([name, value]) => [name, argumentOf(value)])),
    ),
  Extract: ([argument, part], keywords) =>
    orm.Extract(
      argumentOf(argument),
      camelCase(asText(part)) as never,
      keywords['tzinfo'] ? { timeZone: asText(keywords['tzinfo']) } : {},
    ),
  Trunc: ([argument, given], { kind = given, ...keywords }) =>
    ofDate((path, options) => orm.Trunc(path, asText(kind) as never, options), 'DateTime')(
      [argument],
      keywords,
    ),
  ExtractYear: ofDate(orm.ExtractYear),
  ExtractIsoYear: ofDate(orm.ExtractIsoYear),
  ExtractQuarter: ofDate(orm.ExtractQuarter),
  ExtractMonth: ofDate(orm.ExtractMonth),
  ExtractWeek: ofDate(orm.ExtractWeek),
  ExtractDay: ofDate(orm.ExtractDay),
  ExtractWeekDay: ofDate(orm.ExtractWeekDay),
  ExtractIsoWeekDay: ofDate(orm.ExtractIsoWeekDay),
  ExtractHour: ofDate(orm.ExtractHour),
  ExtractMinute: ofDate(orm.ExtractMinute),
  ExtractSecond: ofDate(orm.ExtractSecond),
  TruncYear: ofDate(orm.TruncYear, 'DateTime'),
  TruncQuarter: ofDate(orm.TruncQuarter, 'DateTime'),
  TruncMonth: ofDate(orm.TruncMonth, 'DateTime'),
  TruncWeek: ofDate(orm.TruncWeek, 'DateTime'),
  TruncDay: ofDate(orm.TruncDay, 'DateTime'),
  TruncHour: ofDate(orm.TruncHour, 'DateTime'),
  TruncMinute: ofDate(orm.TruncMinute, 'DateTime'),
  TruncSecond: ofDate(orm.TruncSecond, 'DateTime'),
  TruncDate: ofDate(orm.TruncDate),
  TruncTime: ofDate(orm.TruncTime),
};

for (const [name, lookup] of Object.entries(lookupNames)) {
  makers[name] = ([left, right]) => orm.Lookup(argumentOf(left), lookup, toOurs(right));
}
for (const [name, type] of Object.entries(fieldTypes)) makers[name] = () => type;

function listOf(value: Value): unknown[] {
  return (Array.isArray(value) ? (value as Value[]) : [value]).map((item) =>
    typeof item === 'string' ? pathOf(item) : toOurs(item),
  );
}

function frameOf(start: Value, end: Value, keywords: Keywords): [number | null, number | null] {
  return [
    (keywords['start'] ?? start ?? null) as number | null,
    (keywords['end'] ?? end ?? null) as number | null,
  ];
}

/** In `then=` and `default=` a string is a name, as everywhere in expressions. */
function argumentOrValue(value: Value): unknown {
  return typeof value === 'string' ? orm.F(pathOf(value)) : toOurs(value);
}

/** `Q`, which also has the names of its connectors. */
class QFunction extends NativeFunction {
  override getAttribute(name: string): Value {
    return ['AND', 'OR', 'XOR'].includes(name) ? name : super.getAttribute(name);
  }
}

/** The names of expressions: `F`, `Q`, `Count`, `Lower`, … */
export const expressionNames: Readonly<Record<string, Value>> = {
  ...Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, expression(name, make)])),
  Q: new QFunction('Q', expression('Q', makers['Q']!).call),
};
