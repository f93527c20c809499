import { dispatcherFor, processDispatcher } from './current-dispatcher.js';
import type { ConnectOptions, SignalReceiver, SignalResult } from './event.js';

/** Payloads without required properties may be left out. */
export type PayloadArgument<P extends object> = object extends P ? [payload?: P] : [payload: P];

/**
 * Lets some parts of an application tell others that something has happened. Django: `django.dispatch.Signal`.
 *
 * Keep it as a constant of the module that sends it. Each application in the process has its own connections.
 *
 * @example
 * export const orderPlaced = new Signal<{ order: Order }>('orderPlaced');
 *
 * using connection = orderPlaced.connect(({ order }) => print(order));
 * await orderPlaced.send(this, { order }); // [[receiver, result]]
 *
 * @typeParam P What the signal tells.
 * @typeParam S What may send it.
 */
export class Signal<P extends object = object, S = unknown> {
  /** @param name Its name on the event emitter and in messages. */
  constructor(readonly name: string) {}

  /**
   * Connects a receiver; connecting the same receiver, or the same `dispatchUid`, to the same sender again does nothing.
   *
   * The connection belongs to the current application; made where none runs, as at the top of a module, it hears
   * every application of the process. It takes effect from the next send.
   *
   * @returns The connection; dispose of it to disconnect.
   */
  connect(receiver: SignalReceiver<P, S>, options: ConnectOptions<S> = {}): Disposable {
    return dispatcherFor().connect(this, receiver, options);
  }

  /**
   * Disconnects a receiver, or a `dispatchUid`, from the sender that it was connected to.
   *
   * @returns Whether it was connected.
   */
  disconnect(
    receiver?: SignalReceiver<P, S>,
    options: Pick<ConnectOptions<S>, 'sender' | 'dispatchUid'> = {},
  ): boolean {
    return (
      dispatcherFor().disconnect(this, receiver, options) ||
      processDispatcher.disconnect(this, receiver, options)
    );
  }

  /** Tells whether a receiver is connected that hears this sender. Django: `has_listeners`. */
  hasReceivers(sender?: S): boolean {
    return dispatcherFor(sender).hasReceivers(this, sender);
  }

  /**
   * Calls the receivers one after another in connect order and returns what each returned.
   *
   * @throws The first receiver's error; the receivers after it are not called.
   */
  send(sender: S, ...[payload]: PayloadArgument<P>): Promise<SignalResult<P, S>[]> {
    return dispatcherFor(sender).send(this, sender, payload);
  }

  /** Calls every receiver like `send()`; an error is logged and returned in the place of the result. */
  sendRobust(sender: S, ...[payload]: PayloadArgument<P>): Promise<SignalResult<P, S>[]> {
    return dispatcherFor(sender).sendRobust(this, sender, payload);
  }
}
