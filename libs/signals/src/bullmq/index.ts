export * from './signal-queues.js';
export * from './signal-queues.module.js';
export * from './signal-queues-options.js';
