import * as orm from '@nest-quintet/orm';
import type { BinaryOperator, UnaryOperator } from '../python/syntax.js';
import { type Keywords, PythonSlice, raise, type Value, native, NativeFunction } from '../python/index.js';
import { lookupOf, pathOf } from './naming.js';
import { toOurs, Wrapped } from './values.js';

const arithmetic: Partial<Record<BinaryOperator, 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'pow'>> = {
  Add: 'add',
  Sub: 'sub',
  Mult: 'mul',
  Div: 'div',
  Mod: 'mod',
  Pow: 'pow',
};

/** An expression, a `Q` or anything else of ours that a program only hands on. */
export class ExpressionObject extends Wrapped {
  readonly typeName = 'Expression';

  constructor(readonly value: unknown) {
    super();
  }

  override unwrap(): unknown {
    return this.value;
  }

  override getAttribute(name: string): Value {
    if (name !== 'asc' && name !== 'desc') return undefined;
    return native(name, (_, keywords) => this.#ordered(name, keywords));
  }

  override getItem(key: Value): Value {
    if (!(key instanceof PythonSlice)) return raise('TypeError', 'an expression is sliced by positions');
    const start = Number(key.lower ?? 0);
    const length = key.upper === null ? undefined : Number(key.upper) - start;
    return new ExpressionObject(orm.Substr(this.value as orm.Expression, start + 1, length));
  }

  override binary(operator: BinaryOperator, other: Value, isReflected: boolean): Value | undefined {
    const [left, right] = isReflected ? [toOurs(other), this.value] : [this.value, toOurs(other)];
    if (left instanceof orm.QExpression || right instanceof orm.QExpression)
      return combined(operator, left, right);
    const method = arithmetic[operator];
    if (!method) return undefined;
    const expression = left instanceof orm.Expression ? left : orm.Value(left);
    return new ExpressionObject(expression[method](durationOr(right, other)));
  }

  override unary(operator: UnaryOperator): Value {
    if (operator === 'USub') return new ExpressionObject((this.value as orm.Expression).neg());
    const value = this.value as orm.QExpression | orm.ExistsExpression;
    return new ExpressionObject(value.not());
  }

  #ordered(direction: 'asc' | 'desc', { nulls_first, nulls_last }: Keywords): Value {
    if (nulls_first && nulls_last)
      return raise('ValueError', 'nulls_first and nulls_last are mutually exclusive');
    const nulls = nulls_first ? 'first' : nulls_last ? 'last' : undefined;
    return new ExpressionObject((this.value as orm.Expression)[direction]({ nulls }));
  }
}

function durationOr(ours: unknown, given: Value): unknown {
  return typeName(given) === 'timedelta' ? orm.Duration(ours as number) : ours;
}

function typeName(value: Value): string {
  return (value as { typeName?: string } | null)?.typeName ?? '';
}

function combined(operator: BinaryOperator, left: unknown, right: unknown): Value | undefined {
  const method = ({ BitAnd: 'and', BitOr: 'or', BitXor: 'xor' } as const)[
    operator as 'BitAnd' | 'BitOr' | 'BitXor'
  ];
  if (!method) return undefined;
  const first = left instanceof orm.QExpression ? left : orm.Q(left as object);
  return new ExpressionObject(first[method](right as object));
}

/** The object of a filter's keywords: `pages__gte=1` → `{ pages: { gte: 1 } }`. */
export function conditionsOf(keywords: Keywords): Record<string, object> {
  const where: Record<string, Record<string, unknown>> = {};
  for (const [keyword, value] of Object.entries(keywords)) {
    const { path, lookup } = lookupOf(keyword);
    (where[path] ??= {})[lookup] = toOurs(value);
  }
  return where;
}

/** What `filter(*args, **keywords)` says, as arguments of ours. */
export function filterArguments(args: readonly Value[], keywords: Keywords): never[] {
  const given = args.map((arg) => toOurs(arg));
  const where = conditionsOf(keywords);
  return (Object.keys(where).length > 0 ? [...given, where] : given) as never[];
}

/** An argument of an expression: a string is a path, an expression is itself, anything else a value. */
export function argumentOf(value: Value): orm.Argument {
  if (typeof value === 'string') return pathOf(value);
  const ours = toOurs(value);
  return ours instanceof orm.Expression ? ours : operand(ours);
}

function operand(ours: unknown): orm.Expression {
  if (typeof ours === 'object' && ours !== null && 'toExpression' in ours) {
    return (ours as orm.ExpressionSource).toExpression();
  }
  return orm.Value(ours);
}

/** Wraps a function of ours that takes arguments and keywords of the program. */
export function expression(
  name: string,
  make: (args: readonly Value[], keywords: Keywords) => unknown,
): NativeFunction {
  return native(name, (args, keywords) => new ExpressionObject(make(args, keywords)));
}
