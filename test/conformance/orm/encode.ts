import { HostObject, iterate, PythonError, type Value } from '../python/index.js';
import { InstanceObject } from './instance-object.js';
import { pythonName } from './naming.js';
import { QuerySetObject } from './query-set-object.js';
import { DecimalObject, DurationObject, MomentObject, fromOurs } from './values.js';

/** Encodes a value of a program as the recorded results are. */
export async function encode(value: Value): Promise<unknown> {
  if (value instanceof InstanceObject) return encodeInstance(value);
  if (value instanceof QuerySetObject || Array.isArray(value) || value instanceof Set) {
    return Promise.all((await iterate(value)).map(encode));
  }
  if (value instanceof Map) {
    const entries = await Promise.all(
      [...value].map(async ([key, item]) => [String(key), await encode(item)] as const),
    );
    return Object.fromEntries(entries);
  }
  return encodeScalar(value);
}

function encodeScalar(value: Value): unknown {
  if (value instanceof DecimalObject) return value.value.toFixed();
  if (value instanceof MomentObject) return value.value.toISOString();
  if (value instanceof DurationObject) return { seconds: value.seconds };
  if (value instanceof PythonError) return value.type.name;
  if (value instanceof HostObject && 'name' in value) return String(value.name);
  return typeof value === 'bigint' ? Number(value) : value;
}

async function encodeInstance({ model, key, annotations, row }: InstanceObject): Promise<unknown> {
  const added = await Promise.all(
    annotations.map(async (name) => [pythonName(name), await encode(fromOurs(row[name]))] as const),
  );
  return {
    model: model.name,
    pk: await encode(fromOurs(key)),
    ...(added.length > 0 && { annotations: Object.fromEntries(added) }),
  };
}

/**
 * Spells what we observed as it was recorded wherever both mean the same: a date is recorded without a time of day, a
 * decimal with as many digits as its database gives.
 */
export function spelledLike(expected: unknown, observed: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(observed)) {
    return observed.map((item, index) => spelledLike(expected[index], item));
  }
  if (isRecord(expected) && isRecord(observed)) {
    return Object.fromEntries(
      Object.entries(observed).map(([key, item]) => [key, spelledLike(expected[key], item)]),
    );
  }
  if (isRecord(expected) && typeof expected['seconds'] === 'number' && typeof observed === 'number') {
    return { seconds: observed };
  }
  return sameScalar(expected, observed) ? expected : observed;
}

function sameScalar(expected: unknown, observed: unknown): boolean {
  if (typeof expected === 'number' && typeof observed === 'number') return isNear(expected, observed);
  if (typeof expected !== 'string' || typeof observed !== 'string') return false;
  const decimal = /^-?\d+(\.\d+)?$/;
  if (decimal.test(expected) && decimal.test(observed)) return isNear(Number(expected), Number(observed));
  if (observed === `${expected}.000Z` || observed === `${expected}Z`) return true;
  return observed === `${expected}T00:00:00.000Z` || observed === `1970-01-01T${expected}Z`;
}

function isNear(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-11 * Math.max(Math.abs(left), Math.abs(right));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sorts a list whose order was not asked for. */
export function sortedByText(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return [...(value as unknown[])].sort((left, right) =>
    JSON.stringify(left) < JSON.stringify(right) ? -1 : 1,
  );
}
