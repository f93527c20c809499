export * from './database-signals.js';
export * from './model-signals.js';
export { modelSignals, withModelSignals, type ModelSignalsOptions } from './with-model-signals.js';
export { withSignals, type BulkSignals, type WriteOptions } from './write-options.js';
