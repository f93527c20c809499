import { toMilliseconds, type Duration } from '@nest-quintet/core';
import { defaultKey, type CacheKey } from './cache-key.js';
import type { ValueType } from './values/value-type.js';

/** How long to keep: seconds or a text such as `'15m'`, `null` for ever, zero or less for not at all. */
export type Timeout = Duration | null;

/** Makes the key under which a store keeps a value. Django: `KEY_FUNCTION`. */
export type KeyFunction = (key: CacheKey, keyPrefix: string, version: number) => string;

/** What every cache can be told, whatever its store. */
export interface CacheOptions {
  /** How long values are kept when a call does not say. Default 300 seconds. Django: `TIMEOUT`. */
  timeout?: Timeout;
  /** Keeps the keys of several applications apart in one store. Default none. Django: `KEY_PREFIX`. */
  keyPrefix?: string;
  /** The version of keys when a call does not say. Default 1. Django: `VERSION`. */
  version?: number;
  /** Makes keys another way than `prefix:version:key`. Django: `KEY_FUNCTION`. */
  keyFunction?: KeyFunction;
  /** Classes whose instances the cache can keep, beside plain data, bytes, `Date`, `Map`, `Set` and `bigint`. */
  types?: readonly ValueType[];
}

/** The options of one cache with every default filled in. */
export interface ResolvedCacheOptions {
  /** Milliseconds, or `null` for never. */
  readonly timeout: number | null;
  readonly keyPrefix: string;
  readonly version: number;
  readonly keyFunction: KeyFunction;
}

/** Fills in the defaults. @throws ImproperlyConfiguredError for a timeout that is no duration. */
export function resolveOptions(options: CacheOptions): ResolvedCacheOptions {
  const { timeout = 300, keyPrefix = '', version = 1, keyFunction = defaultKey } = options;
  return { timeout: timeout === null ? null : toMilliseconds(timeout), keyPrefix, version, keyFunction };
}
