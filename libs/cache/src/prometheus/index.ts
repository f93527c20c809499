export * from './collect-cache-metrics.js';
