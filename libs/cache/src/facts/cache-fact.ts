import { factChannel } from '@nest-quintet/core';

/** What is told of one call of a cache. Times are those of `performance.now()`. */
export interface CacheFact {
  /** The alias of the cache. */
  readonly cache: string;
  /** The name of the method. */
  readonly operation: string;
  /** The keys as the store knows them; for `invalidateTags()` the tags. */
  readonly keys: readonly string[];
  /** How many of the keys were there, for calls that read. */
  readonly hits?: number;
  /** How much was read or written, where that is text or bytes. */
  readonly bytes?: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly error?: unknown;
}

export const cacheFacts = factChannel<CacheFact>('cache');

/** What is known of a call besides its times. */
export type CacheCall = Pick<CacheFact, 'cache' | 'operation' | 'keys'>;

/** Runs a call and tells of it, whatever comes of it. */
export async function tellCall<T>(
  call: CacheCall,
  run: () => Promise<T>,
  look: (value: T) => Pick<CacheFact, 'hits' | 'bytes'> = () => ({}),
): Promise<T> {
  const startedAt = performance.now();
  const tell = (ending: Partial<CacheFact>) =>
    cacheFacts.tell({ ...call, startedAt, endedAt: performance.now(), ...ending });
  try {
    const value = await run();
    tell(look(value));
    return value;
  } catch (error) {
    tell({ error });
    throw error;
  }
}

/** Returns the size of a value where it is known at once, in bytes or, of a text, in characters. */
export function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return value.length;
  return value instanceof Uint8Array ? value.byteLength : undefined;
}
