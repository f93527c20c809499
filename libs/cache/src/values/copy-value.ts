import { UncacheableValueError } from '../errors.js';
import { isPlainObject, nameOf, setOwn } from './plain.js';
import type { ValueType } from './value-type.js';

/**
 * Copies a value so deeply that neither side can change the other's.
 *
 * @throws UncacheableValueError for functions, symbols, circular data and instances of unknown classes.
 */
export function copyValue(value: unknown, types: readonly ValueType[]): unknown {
  if (typeof value !== 'object' || value === null) return checkSimple(value);
  try {
    return copyObject(value, types, false);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UncacheableValueError('Cannot cache data that refers to itself, or is nested too deeply.', {
        cause: error,
      });
    }
    throw error;
  }
}

/** Copies what `copyValue()` returned: there is nothing in it that could not be copied. */
export function copyKept(value: unknown, types: readonly ValueType[]): unknown {
  return typeof value === 'object' && value !== null ? copyObject(value, types, true) : value;
}

/** @param isKept Whether it is a copy already, which has nothing in it that could not be copied. */
function copyObject(value: object, types: readonly ValueType[], isKept: boolean): unknown {
  if (Array.isArray(value)) return copyArray(value, types, isKept);
  if (isPlainObject(value)) return copyFields(value, types, isKept);
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  for (const type of types) {
    if (!type.is(value)) continue;
    return type.isImmutable ? value : type.fromData(copyValue(type.toData(value), types));
  }
  throw uncacheable(value);
}

function copyArray(value: readonly unknown[], types: readonly ValueType[], isKept: boolean): unknown[] {
  const copy = value.slice();
  for (let index = 0; index < copy.length; index++) {
    const item = copy[index];
    if (typeof item === 'object' && item !== null) copy[index] = copyObject(item, types, isKept);
    else if (!isKept) checkSimple(item);
  }
  return copy;
}

/** A shallow copy and then what is not simple: the engine makes the former at once. */
function copyFields(value: Record<string, unknown>, types: readonly ValueType[], isKept: boolean): unknown {
  const copy: Record<string | symbol, unknown> = { ...value };
  if (!isKept) for (const symbol of Object.getOwnPropertySymbols(copy)) delete copy[symbol];
  for (const key in copy) {
    const item = copy[key];
    if (typeof item === 'object' && item !== null) setOwn(copy, key, copyObject(item, types, isKept));
    else if (!isKept) checkSimple(item);
  }
  return copy;
}

function checkSimple(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw uncacheable(value);
  return value;
}

export function uncacheable(value: unknown): UncacheableValueError {
  return new UncacheableValueError(
    `Cannot cache ${nameOf(value)}. Store plain data, or teach the cache its class with the option \`types\`.`,
  );
}
