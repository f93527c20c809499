import { SessionSerializationError } from '../errors.js';
import type { SessionSerializer, SessionValues } from './session-serializer.js';

/**
 * Stores sessions as JSON, with `Date` and `bigint` besides.
 *
 * They become `{"$date":"2024-05-01T12:00:00.000Z"}` and `{"$bigint":"1"}`; an object of the application that looks like
 * one of these gets one more `$`. Everything else is JSON's own, so that another program can read it.
 */
export const jsonSerializer: SessionSerializer = {
  encode(values) {
    return JSON.stringify(isStraight(values, 0) ? values : prepare(values, 'session', new Set()));
  },

  decode(text) {
    const values: unknown = isPlain(text) ? JSON.parse(text) : JSON.parse(text, revive);
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new SessionSerializationError('A stored session is not a JSON object.');
    }
    return Object.assign(Object.create(null) as SessionValues, values);
  },
};

/** Says that no key of the text can be a mark or a prototype: a reviver makes parsing several times as slow. */
function isPlain(text: string): boolean {
  return !text.includes('"$') && !text.includes('__proto__') && !text.includes('\\u');
}

const TAG = /^\$+(?:date|bigint)$/;

/** Objects within objects that are looked at before a loop is suspected. */
const DEPTH = 20;

/** Says that JSON writes a value as we would: most sessions, which then need not be copied. */
function isStraight(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || (depth < DEPTH && isStraightObject(value, depth + 1));
    default:
      return false;
  }
}

function isStraightObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) return !('toJSON' in value) && value.every((item) => isStraight(item, depth));
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== null && prototype !== Object.prototype) || 'toJSON' in value) return false;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0]!.startsWith('$')) return false;
  return keys.every((key) => key !== '__proto__' && isStraight((value as SessionValues)[key], depth));
}

function prepare(value: unknown, path: string, parents: Set<object>): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $bigint: value.toString() };
    case 'number':
      // JSON would write null.
      if (!Number.isFinite(value)) throw refuse(path, String(value));
      return value;
    case 'object':
      return value === null ? null : prepareObject(value, path, parents);
    case 'function':
    case 'symbol':
      throw refuse(path, `a ${typeof value}`);
    default:
      return value;
  }
}

function prepareObject(value: object, path: string, parents: Set<object>): unknown {
  if (parents.has(value)) throw refuse(path, 'a reference to an object that contains it');
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse(path, 'an invalid Date');
    return { $date: value.toISOString() };
  }
  parents.add(value);
  const result = prepareContainer(value, path, parents);
  parents.delete(value);
  return result;
}

function prepareContainer(value: object, path: string, parents: Set<object>): unknown {
  if (Array.isArray(value)) return value.map((item, i) => prepare(item, `${path}[${i}]`, parents) ?? null);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return prepare((value.toJSON as () => unknown)(), path, parents);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw refuse(path, `an instance of ${value.constructor.name}`);
  }
  const result = Object.create(null) as SessionValues;
  const keys = Object.keys(value);
  for (const key of keys) {
    if (key === '__proto__') continue;
    const name = keys.length === 1 && TAG.test(key) ? `$${key}` : key;
    result[name] = prepare((value as SessionValues)[key], `${path}.${key}`, parents);
  }
  return result;
}

function refuse(path: string, what: string): SessionSerializationError {
  return new SessionSerializationError(
    `${path} is ${what}, which a session cannot store. Store plain data instead, such as an id, or give the value a toJSON() method.`,
  );
}

function revive(this: unknown, key: string, value: unknown): unknown {
  // Returning undefined removes the key: copied onto another object it would change that object's prototype.
  if (key === '__proto__') return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  const [tag] = keys;
  if (keys.length !== 1 || tag === undefined || !TAG.test(tag)) return value;
  const content = (value as SessionValues)[tag];
  if (tag === '$date') return new Date(content as string);
  if (tag === '$bigint') return BigInt(content as string);
  return { [tag.slice(1)]: content };
}
