export * from './carrier.js';
export { AmbiguousApplicationError } from './current-dispatcher.js';
export * from './dispatcher.js';
export * from './event.js';
export { Receiver, type ReceiverOptions } from './receiver.decorator.js';
export * from './signal.js';
export * from './signals.module.js';
export * from './testing.js';
export * from './transaction-hooks.js';
