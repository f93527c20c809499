import { collectionAttribute } from './collections.js';
import { errorAttribute, raise } from './errors.js';
import { HostObject, type Keywords, PythonSlice, tuple, type Value } from './host-object.js';
import { textAttribute } from './text.js';
import { isTuple, typeName } from './types.js';

/** Answers `target.name`; undefined where there is no such attribute. */
export async function findAttribute(target: Value, name: string): Promise<Value | undefined> {
  if (target instanceof HostObject) return target.getAttribute?.(name);
  if (typeof target === 'string') return textAttribute(target, name);
  if (target instanceof Error) return errorAttribute(target, name);
  return collectionAttribute(target, name);
}

export async function getAttribute(target: Value, name: string): Promise<Value> {
  const value = await findAttribute(target, name);
  if (value === undefined)
    return raise('AttributeError', `'${typeName(target)}' object has no attribute '${name}'`);
  return value;
}

export async function setAttribute(target: Value, name: string, value: Value): Promise<void> {
  if (target instanceof HostObject && target.setAttribute) return target.setAttribute(name, value);
  return raise('AttributeError', `'${typeName(target)}' object has no attribute '${name}'`);
}

export async function deleteAttribute(target: Value, name: string): Promise<void> {
  if (target instanceof HostObject && target.deleteAttribute) return target.deleteAttribute(name);
  return raise('AttributeError', `'${typeName(target)}' object has no attribute '${name}'`);
}

/** Calls a function, a class or any other host object that can be called. */
export async function call(callee: Value, args: readonly Value[], keywords: Keywords = {}): Promise<Value> {
  if (!(callee instanceof HostObject) || !callee.call) {
    return raise('TypeError', `'${typeName(callee)}' object is not callable`);
  }
  return (await callee.call(args, keywords)) ?? null;
}

export async function getItem(target: Value, key: Value): Promise<Value> {
  if (target instanceof HostObject) {
    return target.getItem
      ? target.getItem(key)
      : raise('TypeError', `'${target.typeName}' object is not subscriptable`);
  }
  if (target instanceof Map) return target.has(key) ? target.get(key) : raise('KeyError', String(key));
  if (typeof target === 'string') {
    return key instanceof PythonSlice ? slice(Array.from(target), key).join('') : at(Array.from(target), key);
  }
  if (!Array.isArray(target)) return raise('TypeError', `'${typeName(target)}' object is not subscriptable`);
  if (!(key instanceof PythonSlice)) return at(target, key);
  const part = slice(target, key);
  return isTuple(target) ? tuple(part) : part;
}

export async function setItem(target: Value, key: Value, value: Value): Promise<void> {
  if (target instanceof HostObject && target.setItem) return target.setItem(key, value);
  if (target instanceof Map) return void target.set(key, value);
  if (!Array.isArray(target) || isTuple(target)) {
    return raise('TypeError', `'${typeName(target)}' object does not support item assignment`);
  }
  target[indexIn(target, key)] = value;
}

export async function deleteItem(target: Value, key: Value): Promise<void> {
  if (target instanceof HostObject && target.deleteItem) return target.deleteItem(key);
  if (target instanceof Map) return target.delete(key) ? undefined : raise('KeyError', String(key));
  if (!Array.isArray(target) || isTuple(target)) {
    return raise('TypeError', `'${typeName(target)}' object does not support item deletion`);
  }
  target.splice(indexIn(target, key), 1);
}

function at(items: readonly Value[], key: Value): Value {
  return items[indexIn(items, key)];
}

function indexIn(items: readonly Value[], key: Value): number {
  if (typeof key !== 'number' || !Number.isInteger(key)) {
    return raise('TypeError', `list indices must be integers or slices, not ${typeName(key)}`);
  }
  const index = key < 0 ? key + items.length : key;
  return index >= 0 && index < items.length ? index : raise('IndexError', 'list index out of range');
}

function slice<T>(items: readonly T[], { lower, upper, step }: PythonSlice): T[] {
  const by = typeof step === 'number' ? step : 1;
  if (by === 0) raise('ValueError', 'slice step cannot be zero');
  const { length } = items;
  const [first, last] = by > 0 ? [0, length] : [length - 1, -1];
  const bound = (value: Value, otherwise: number) => {
    if (typeof value !== 'number') return otherwise;
    const absolute = value < 0 ? value + length : value;
    return by > 0 ? Math.min(Math.max(absolute, 0), length) : Math.min(Math.max(absolute, -1), length - 1);
  };
  const taken: T[] = [];
  const end = bound(upper, last);
  for (let index = bound(lower, first); by > 0 ? index < end : index > end; index += by)
    taken.push(items[index]!);
  return taken;
}
