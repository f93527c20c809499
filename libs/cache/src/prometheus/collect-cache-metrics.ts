import { Counter, Histogram, register as defaultRegister, type Registry } from 'prom-client';
import type { CacheFigures, CacheStatistics } from '../statistics/cache-statistics.js';

export interface CacheMetricsOptions {
  /** Where the metrics are registered. Default: prom-client's own register. */
  register?: Registry;
  /** Begins the names of the metrics. Default `quintet_cache_`. */
  prefix?: string;
}

/** Upper bounds in seconds; the usual limit of an operation is 0.25. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/**
 * Shows the figures of all caches as Prometheus metrics, labelled by `cache`.
 *
 * @example
 * collectCacheMetrics(app.get(CacheStatistics));
 * // quintet_cache_requests_total{cache="default",result="hit"} 1204
 */
export function collectCacheMetrics(
  statistics: CacheStatistics,
  { register = defaultRegister, prefix = 'quintet_cache_' }: CacheMetricsOptions = {},
): void {
  const count = (
    name: string,
    help: string,
    label: string | undefined,
    values: (figures: CacheFigures) => Record<string, number>,
  ): Counter => {
    const labelNames = label === undefined ? ['cache'] : ['cache', label];
    const collect = function (this: Counter): void {
      this.reset();
      for (const cache of statistics.aliases) {
        for (const [value, total] of Object.entries(values(statistics.of(cache)))) {
          this.inc(label === undefined ? { cache } : { cache, [label]: value }, total);
        }
      }
    };
    return new Counter({ name: prefix + name, help, labelNames, registers: [register], collect });
  };
  count('requests_total', 'Readings by result.', 'result', ({ hits, misses, stale }) => ({
    hit: hits,
    miss: misses,
    stale,
  }));
  count('writes_total', 'Writes by kind.', 'kind', ({ sets, deletes }) => ({ set: sets, delete: deletes }));
  count('computations_total', 'Values that were computed.', undefined, ({ computations }) => ({
    all: computations,
  }));
  count('errors_total', 'Operations that the store failed.', undefined, ({ errors }) => ({ all: errors }));
  count('bytes_total', 'Bytes of values to and from the store.', 'direction', (figures) => ({
    read: figures.bytesRead,
    written: figures.bytesWritten,
  }));
  const latency = new Histogram({
    name: `${prefix}operation_seconds`,
    help: 'How long the store took to answer.',
    labelNames: ['cache'],
    buckets: BUCKETS,
    registers: [register],
  });
  for (const cache of statistics.aliases) {
    const meter = statistics.meterOf(cache);
    if (meter) meter.onOperation = (seconds) => latency.observe({ cache }, seconds);
  }
}
