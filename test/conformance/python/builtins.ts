import { call, findAttribute, getAttribute, setAttribute } from './access.js';
import { compare, sort } from './comparison.js';
import { exceptions, raise } from './errors.js';
import {
  HostObject,
  Namespace,
  native,
  NativeFunction,
  type Keywords,
  tuple,
  type Value,
} from './host-object.js';
import { binary } from './operators.js';
import { PythonClass, PythonInstance } from './program-objects.js';
import { roundHalfEven } from './round.js';
import type { BinaryOperator, ComparisonOperator } from './syntax.js';
import { represent, toText } from './text.js';
import { isNumber, isTrue, iterate, lengthOf, typeName } from './types.js';

type Implementation = (args: readonly Value[], keywords: Keywords) => Value;

/** A built-in type: called it converts, and `isinstance` knows it. */
class BuiltinType extends NativeFunction {
  override hasInstance(value: Value): boolean {
    return typeName(value) === this.name || (this.name === 'int' && typeof value === 'boolean');
  }
}

const types: Record<string, Implementation> = {
  bool: ([value]) => isTrue(value),
  dict: async ([source], keywords) => {
    const entries = source instanceof Map ? [...source] : await pairs(source);
    return new Map([...entries, ...Object.entries(keywords)]);
  },
  float: ([value = 0]) => toNumber('float', value),
  frozenset: async ([items = []]) => new Set(await iterate(items)),
  int: async ([value = 0]) => Math.trunc(await toNumber('int', value)),
  list: async ([items = []]) => [...(await iterate(items))],
  set: async ([items = []]) => new Set(await iterate(items)),
  str: ([value = '']) => toText(value),
  tuple: async ([items = []]) => tuple(await iterate(items)),
};

const functions: Record<string, Implementation> = {
  abs: ([value]) =>
    isNumber(value) ? Math.abs(Number(value)) : raise('TypeError', 'bad operand type for abs()'),
  all: async ([items]) => (await truths(items)).every(Boolean),
  any: async ([items]) => (await truths(items)).some(Boolean),
  callable: ([value]) => value instanceof HostObject && value.call !== undefined,
  enumerate: async ([items, start = 0]) =>
    (await iterate(items)).map((item, index) => tuple([Number(start) + index, item])),
  filter: async ([test, items]) => {
    const kept: Value[] = [];
    for (const item of await iterate(items))
      if (await isTrue(test === null ? item : await call(test, [item]))) kept.push(item);
    return kept;
  },
  getattr: async ([target, name, ...otherwise]) => {
    const value = await findAttribute(target, String(name));
    return value === undefined && otherwise.length > 0 ? otherwise[0] : getAttribute(target, String(name));
  },
  hasattr: ([target, name]) => hasAttribute(target, String(name)),
  isinstance: ([value, types]) =>
    [types].flat().some((type) => type instanceof HostObject && type.hasInstance?.(value)),
  issubclass: ([type, bases]) => [bases].flat().some((base) => isSubclass(type, base)),
  iter: ([items]) => iterate(items),
  len: ([value]) => lengthOf(value),
  map: async ([fn, items]) => {
    const mapped: Value[] = [];
    for (const item of await iterate(items)) mapped.push(await call(fn, [item]));
    return mapped;
  },
  max: (args, keywords) => extreme('Gt', args, keywords),
  min: (args, keywords) => extreme('Lt', args, keywords),
  next: async ([items, otherwise]) => {
    const [first = otherwise] = await iterate(items);
    return first === undefined ? raise('StopIteration', '') : first;
  },
  range: (args) => range(args.map(Number)),
  reduce: async ([fn, items, ...initial]) => {
    const [first, ...rest] = [...initial, ...(await iterate(items))];
    if (first === undefined) raise('TypeError', 'reduce() of empty iterable with no initial value');
    let value: Value = first;
    for (const item of rest) value = await call(fn, [value, item]);
    return value;
  },
  repr: ([value]) => represent(value),
  reversed: async ([items]) => [...(await iterate(items))].reverse(),
  round: ([value, digits]) => round(value, digits),
  setattr: ([target, name, value]) => setAttribute(target, String(name), value),
  sorted: async ([items], { key = null, reverse = false }) => {
    const all = [...(await iterate(items))];
    const by = (item: Value) => (key === null ? Promise.resolve(item) : call(key, [item]));
    return reverse ? (await sort(all.reverse(), by)).reverse() : sort(all, by);
  },
  sum: async ([items, start = 0]) => {
    let total = start;
    for (const item of await iterate(items)) total = await binary('Add', total, item);
    return total;
  },
  type: ([value]) => typeOf(value),
  zip: async (args) => {
    const columns = await Promise.all(args.map(iterate));
    const length = Math.min(...columns.map((column) => column.length));
    return Array.from({ length }, (_, index) => tuple(columns.map((column) => column[index])));
  },
};

const operators: Record<string, BinaryOperator | ComparisonOperator> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mult',
  truediv: 'Div',
  mod: 'Mod',
  pow: 'Pow',
  and_: 'BitAnd',
  or_: 'BitOr',
  xor: 'BitXor',
  eq: 'Eq',
  ne: 'NotEq',
  lt: 'Lt',
  le: 'LtE',
  gt: 'Gt',
  ge: 'GtE',
};

const comparisons: readonly string[] = ['Eq', 'NotEq', 'Lt', 'LtE', 'Gt', 'GtE'];

const operatorModule = new Namespace(
  mapValues(operators, (operator, name) =>
    native(name, ([a, b]) =>
      comparisons.includes(operator)
        ? compare(operator as ComparisonOperator, a, b)
        : binary(operator as BinaryOperator, a, b),
    ),
  ),
);

const builtinTypes = mapValues(types, (implementation, name) => new BuiltinType(name, implementation));
const builtinFunctions = mapValues(functions, (implementation, name) => native(name, implementation));

/** The names that every program sees. */
export const builtins: Readonly<Record<string, Value>> = {
  ...exceptions,
  ...builtinTypes,
  ...builtinFunctions,
  operator: operatorModule,
  functools: new Namespace({ reduce: builtinFunctions.reduce }),
  asyncio: new Namespace({ run: native('run', ([value]) => value) }),
};

function mapValues<T, R>(record: Record<string, T>, map: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

function typeOf(value: Value): Value {
  if (value instanceof PythonInstance) return value.type;
  const name = typeName(value);
  return builtinTypes[name] ?? exceptions[name] ?? new PythonClass(name, [], new Map());
}

function isSubclass(type: Value, base: Value): boolean {
  if (type === base) return true;
  if (type instanceof PythonClass && base instanceof PythonClass) return type.isOrExtends(base);
  const lineage = (type as { lineage?: readonly string[] } | null)?.lineage ?? [];
  return base instanceof HostObject && lineage.includes(String((base as { name?: string }).name));
}

async function hasAttribute(target: Value, name: string): Promise<boolean> {
  try {
    return (await findAttribute(target, name)) !== undefined;
  } catch (error) {
    if (exceptions.AttributeError!.matchesError(error)) return false;
    throw error;
  }
}

async function truths(items: Value): Promise<boolean[]> {
  return Promise.all((await iterate(items)).map(isTrue));
}

async function pairs(source: Value): Promise<[Value, Value][]> {
  if (source === undefined) return [];
  return Promise.all((await iterate(source)).map(async (pair) => (await iterate(pair)) as [Value, Value]));
}

async function toNumber(type: string, value: Value): Promise<number> {
  if (value instanceof HostObject && value.toNumber) return value.toNumber();
  if (isNumber(value)) return Number(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number)
    ? raise('ValueError', `invalid literal for ${type}(): ${await represent(value)}`)
    : number;
}

async function round(value: Value, digits: Value): Promise<Value> {
  if (value instanceof HostObject && value.round) return value.round(Number(digits ?? 0));
  return isNumber(value)
    ? roundHalfEven(Number(value), Number(digits ?? 0))
    : raise('TypeError', `type ${typeName(value)} doesn't define __round__ method`);
}

async function extreme(
  operator: 'Lt' | 'Gt',
  args: readonly Value[],
  { key = null, ...rest }: Keywords,
): Promise<Value> {
  const items = args.length === 1 ? await iterate(args[0]) : args;
  if (items.length === 0)
    return 'default' in rest ? rest.default : raise('ValueError', 'arg is an empty sequence');
  const by = (item: Value) => (key === null ? item : call(key, [item]));
  let best = items[0];
  for (const item of items.slice(1)) if (await compare(operator, await by(item), await by(best))) best = item;
  return best;
}

function range(bounds: readonly number[]): Value[] {
  const [start, stop, step] =
    bounds.length === 1 ? [0, bounds[0]!, 1] : [bounds[0]!, bounds[1]!, bounds[2] ?? 1];
  return Array.from(
    { length: Math.max(0, Math.ceil((stop - start) / step)) },
    (_, index) => start + index * step,
  );
}
