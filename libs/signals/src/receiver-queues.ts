import type { SignalEvent } from './event.js';
import type { Signal } from './signal.js';

/** A receiver whose work is done by the worker of a queue. */
export interface QueuedReceiver {
  readonly queue: string;
  /** Tells it from the others of the queue: the class and the method. */
  readonly name: string;
  readonly signals: readonly Signal<any, any>[];
  readonly call: (event: SignalEvent) => unknown;
}

/** Where events of `@Receiver(…, { queue })` go; `@nest-quintet/signals/bullmq` provides one. */
export abstract class ReceiverQueues {
  /** Lets a receiver's events be worked off; returns what puts one into its queue. */
  abstract register(receiver: QueuedReceiver): (event: SignalEvent) => Promise<void>;
}
