import { raise } from './errors.js';
import { HostObject, type Value } from './host-object.js';
import type { ComparisonOperator } from './syntax.js';
import { isNumber, isTuple, iterate, typeName } from './types.js';

type Ordering = 'Eq' | 'NotEq' | 'Lt' | 'LtE' | 'Gt' | 'GtE';

const mirrored = { Eq: 'Eq', NotEq: 'NotEq', Lt: 'Gt', LtE: 'GtE', Gt: 'Lt', GtE: 'LtE' } as const;

/** Answers `left < right` and the like. */
export async function compare(operator: ComparisonOperator, left: Value, right: Value): Promise<boolean> {
  switch (operator) {
    case 'Is':
      return left === right;
    case 'IsNot':
      return left !== right;
    case 'In':
      return contains(right, left);
    case 'NotIn':
      return !(await contains(right, left));
    case 'Eq':
      return equals(left, right);
    case 'NotEq':
      return !(await equals(left, right));
    case 'Lt':
      return isLess(left, right);
    case 'Gt':
      return isLess(right, left);
    case 'LtE':
      return (await isLess(left, right)) || equals(left, right);
    case 'GtE':
      return (await isLess(right, left)) || equals(left, right);
  }
}

export async function equals(left: Value, right: Value): Promise<boolean> {
  const answer = await askHost('Eq', left, right);
  if (answer !== undefined) return answer;
  if (isNumber(left) && isNumber(right)) return Number(left) === Number(right);
  if (Array.isArray(left) && Array.isArray(right)) {
    return isTuple(left) === isTuple(right) && left.length === right.length && everyPair(left, right, equals);
  }
  if (left instanceof Map && right instanceof Map) {
    const keys = [...left.keys()];
    return (
      left.size === right.size &&
      everyPair(keys, keys, async (key) => right.has(key) && equals(left.get(key), right.get(key)))
    );
  }
  if (left instanceof Set && right instanceof Set)
    return left.size === right.size && [...left].every((item) => right.has(item));
  return left === right;
}

/** Answers `item in container`. */
export async function contains(container: Value, item: Value): Promise<boolean> {
  if (container instanceof HostObject && container.contains) return container.contains(item);
  if (typeof container === 'string') return container.includes(String(item));
  if (container instanceof Map || container instanceof Set) return container.has(item);
  for (const each of await iterate(container)) if (await equals(each, item)) return true;
  return false;
}

async function isLess(left: Value, right: Value): Promise<boolean> {
  const answer = await askHost('Lt', left, right);
  if (answer !== undefined) return answer;
  if (isNumber(left) && isNumber(right)) return left < right;
  if (typeof left === 'string' && typeof right === 'string') return left < right;
  if (Array.isArray(left) && Array.isArray(right)) return isListLess(left, right);
  return raise(
    'TypeError',
    `'<' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}

async function isListLess(left: Value[], right: Value[]): Promise<boolean> {
  for (const [index, item] of left.entries()) {
    if (index >= right.length) return false;
    if (!(await equals(item, right[index]))) return isLess(item, right[index]);
  }
  return left.length < right.length;
}

async function askHost(operator: Ordering, left: Value, right: Value): Promise<boolean | undefined> {
  const answer = left instanceof HostObject ? await left.compare?.(operator, right) : undefined;
  if (answer !== undefined || !(right instanceof HostObject)) return answer;
  return right.compare?.(mirrored[operator], left);
}

async function everyPair(
  left: readonly Value[],
  right: readonly Value[],
  check: (a: Value, b: Value) => Promise<boolean>,
): Promise<boolean> {
  for (const [index, item] of left.entries()) if (!(await check(item, right[index]))) return false;
  return true;
}

/** Sorts as `sorted()` does: stable, by `<` alone. */
export async function sort(
  items: readonly Value[],
  keyOf: (item: Value) => Promise<Value>,
): Promise<Value[]> {
  const sorted: { key: Value; item: Value }[] = [];
  for (const item of items) {
    const key = await keyOf(item);
    let at = sorted.length;
    while (at > 0 && (await isLess(key, sorted[at - 1]!.key))) at--;
    sorted.splice(at, 0, { key, item });
  }
  return sorted.map(({ item }) => item);
}
