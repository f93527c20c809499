import { UncacheableValueError } from '../errors.js';
import { isPlainObject, nameOf, setOwn } from './plain.js';
import type { ValueType } from './value-type.js';

/**
 * Copies a value so deeply that neither side can change the other's.
 *
 * @throws UncacheableValueError for functions, symbols, circular data and instances of unknown classes.
 */
export function copyValue(value: unknown, types: readonly ValueType[]): unknown {
  try {
    return copy(value, types);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UncacheableValueError('Cannot cache data that refers to itself, or is nested too deeply.', {
        cause: error,
      });
    }
    throw error;
  }
}

function copy(value: unknown, types: readonly ValueType[]): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw uncacheable(value);
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => copy(item, types));
  if (isPlainObject(value)) {
    const target: Record<string, unknown> = {};
    for (const key of Object.keys(value)) setOwn(target, key, copy(value[key], types));
    return target;
  }
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  for (const type of types) {
    if (type.is(value)) return type.isImmutable ? value : type.fromData(copy(type.toData(value), types));
  }
  throw uncacheable(value);
}

export function uncacheable(value: unknown): UncacheableValueError {
  return new UncacheableValueError(
    `Cannot cache ${nameOf(value)}. Store plain data, or teach the cache its class with the option \`types\`.`,
  );
}
