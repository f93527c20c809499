import { BackendCache } from '../backend-cache.js';
import type { CacheRegistry } from '../nest/cache-registry.js';
import type { CacheCounters } from './cache-counters.js';
import type { StoreMeter } from './store-meter.js';

/** What happened to one cache since it was made. Latencies and bytes are those of a store outside of this process. */
export type CacheFigures = Readonly<Omit<CacheCounters, 'read'> & Omit<StoreMeter, 'ended' | 'onOperation'>>;

/**
 * Tells how the caches of an application are doing.
 *
 * @example
 * constructor(private readonly statistics: CacheStatistics) {}
 * …
 * const { hits, misses, errors, seconds, operations } = this.statistics.of('pages');
 */
export class CacheStatistics {
  constructor(private readonly registry: CacheRegistry) {}

  get aliases(): readonly string[] {
    return this.registry.aliases;
  }

  /** @throws ImproperlyConfiguredError for an alias that is not configured. */
  of(alias = 'default'): CacheFigures {
    const cache = this.registry.get(alias, 'CacheStatistics');
    const { hits, misses, stale, sets, deletes, computations } =
      cache instanceof BackendCache ? cache.counters : nothing;
    const { operations, errors, seconds, slowest, bytesRead, bytesWritten } = this.meterOf(alias) ?? nothing;
    return { hits, misses, stale, sets, deletes, computations, operations, errors, seconds, slowest, bytesRead, bytesWritten }; // prettier-ignore
  }

  /** Returns what measures the store of a cache; `undefined` for a cache that is none of ours. */
  meterOf(alias: string): StoreMeter | undefined {
    const cache = this.registry.get(alias, 'CacheStatistics');
    return cache instanceof BackendCache ? cache.backend.meter : undefined;
  }
}

const nothing: CacheFigures = {
  hits: 0,
  misses: 0,
  stale: 0,
  sets: 0,
  deletes: 0,
  computations: 0,
  operations: 0,
  errors: 0,
  seconds: 0,
  slowest: 0,
  bytesRead: 0,
  bytesWritten: 0,
};
