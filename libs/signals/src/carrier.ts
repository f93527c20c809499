import type { SignalEvent } from './event.js';

/** Runs a function in a savepoint of the sender's transaction. */
export type Isolate = <T>(fn: () => Promise<T>) => Promise<T>;

/** Takes sent signals on to listeners that are no receivers, such as those of `@OnEvent()`. */
export interface SignalCarrier {
  /** Whether anybody listens to the signal from this sender. */
  hears(signal: string, sender: unknown): boolean;
  /**
   * Calls the listeners; settles when all have ended and never rejects.
   *
   * @param isolate Calls one of them so that, when it fails, nothing of what it wrote stays.
   */
  carry(event: SignalEvent, isolate?: Isolate): Promise<void>;
}

/** Where failures are told that must not reach a sender; a Nest `Logger` is one. */
export interface SignalLogger {
  error(message: string, stack?: string): void;
}
