import { raise, PythonError, pythonNames } from './errors.js';
import { HostObject, type Value } from './host-object.js';

export type PythonNumber = number | bigint | boolean;

/** Python counts a bool as an int. */
export function isNumber(value: Value): value is PythonNumber {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

export function isTuple(value: Value): boolean {
  return Array.isArray(value) && Object.isFrozen(value);
}

/** What `type(x).__name__` says. */
export function typeName(value: Value): string {
  if (value === null || value === undefined) return 'NoneType';
  if (value instanceof HostObject) return value.typeName;
  if (value instanceof PythonError) return value.type.name;
  if (value instanceof Error) return pythonNames(value)[0]!;
  if (Array.isArray(value)) return isTuple(value) ? 'tuple' : 'list';
  if (value instanceof Map) return 'dict';
  if (value instanceof Set) return 'set';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  const names: Record<string, string> = { boolean: 'bool', bigint: 'int', string: 'str' };
  return (
    names[typeof value] ??
    raise('TypeError', `${typeof value} is no value of the program: wrap it in a HostObject`)
  );
}

export async function isTrue(value: Value): Promise<boolean> {
  if (value instanceof HostObject) {
    if (value.isTrue) return value.isTrue();
    return value.length ? (await value.length()) > 0 : true;
  }
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  return Boolean(value);
}

/** Lists what `for x in value` goes through. */
export async function iterate(value: Value): Promise<Value[]> {
  if (Array.isArray(value)) return value as Value[];
  if (typeof value === 'string' || value instanceof Set) return Array.from<Value>(value);
  if (value instanceof Map) return [...value.keys()];
  if (value instanceof HostObject && value.iterate) return [...(await value.iterate())];
  return raise('TypeError', `'${typeName(value)}' object is not iterable`);
}

export async function lengthOf(value: Value): Promise<number> {
  if (value instanceof HostObject) {
    return value.length
      ? value.length()
      : raise('TypeError', `object of type '${value.typeName}' has no len()`);
  }
  if (isNumber(value) || value === null)
    raise('TypeError', `object of type '${typeName(value)}' has no len()`);
  return (await iterate(value)).length;
}
