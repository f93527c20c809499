import type { Signal } from './signal.js';

/** What every receiver is called with: the payload, the sender and the signal itself. */
export type SignalEvent<P extends object = object, S = unknown> = P & {
  readonly signal: Signal<P, S>;
  readonly sender: S;
};

/** A function that hears a signal; a returned promise is awaited before the next receiver runs. */
export type SignalReceiver<P extends object = object, S = unknown> = (event: SignalEvent<P, S>) => unknown;

/** A receiver and what it returned, or, from `sendRobust()`, the error that it threw. */
export type SignalResult<P extends object = object, S = unknown> = readonly [
  receiver: SignalReceiver<P, S>,
  result: unknown,
];

export interface ConnectOptions<S = unknown> {
  /** The one sender to hear, compared with `===`; absent for every sender. */
  sender?: S;
  /** Makes a second connection of the same name to the same sender a no-op. */
  dispatchUid?: string;
  /**
   * `'commit'` runs the receiver after the surrounding transaction commits, never when it rolls back, and at once
   * where there is none; its errors are logged and reach nobody. Default `'send'`.
   */
  on?: 'send' | 'commit';
}
