/** Counts what callers asked of one cache. */
export class CacheCounters {
  hits = 0;
  misses = 0;
  /** Values that were served within their `grace`. */
  stale = 0;
  sets = 0;
  deletes = 0;
  /** How often a factory of `getOrSet()` ran. */
  computations = 0;

  /** Counts one reading and hands its answer on. */
  read<T>(value: T): T {
    if (value === undefined) this.misses++;
    else this.hits++;
    return value;
  }
}
