import 'reflect-metadata';
import type { ConnectOptions } from './event.js';
import type { Signal } from './signal.js';

export interface ReceiverOptions extends Omit<ConnectOptions, 'sender'> {
  /** The sender to hear, or several; absent for every sender. */
  sender?: unknown;
  /**
   * The queue whose worker runs the method after the commit, with retries; needs `SignalQueuesModule` of
   * `@nest-quintet/signals/bullmq`. The event's functions, such as `previous()`, are absent there.
   */
  queue?: string;
}

/** What one `@Receiver()` says, with signals and senders as lists. */
export interface ReceiverMetadata extends Omit<ReceiverOptions, 'sender'> {
  readonly signals: readonly Signal<any, any>[];
  /** The senders; `[undefined]` for every sender. */
  readonly senders: readonly unknown[];
}

const RECEIVERS = Symbol('@nest-quintet/signals:receivers');

/**
 * Connects a method of a provider or controller to a signal, or to several, for as long as the application runs.
 *
 * Stack it to connect the method in several ways. A request-scoped provider is made anew for every event and can
 * inject the event as `REQUEST`. Django: `@receiver`.
 *
 * @example
 * @Receiver(postSave, { sender: ['Book', 'Author'], dispatchUid: 'search-index', on: 'commit' })
 * async reindex({ sender, instance }: PostSave<'Book' | 'Author'>) { … }
 */
export function Receiver(
  signal: Signal<any, any> | readonly Signal<any, any>[],
  { sender, ...options }: ReceiverOptions = {},
): MethodDecorator {
  const signals = [signal].flat() as readonly Signal<any, any>[];
  const senders: readonly unknown[] = Array.isArray(sender) ? sender : [sender];
  return (_target, _key, descriptor: PropertyDescriptor) => {
    const method = descriptor.value as object;
    // Decorators run from the lowest up; the receivers connect in the order in which one reads them.
    const metadata = [{ ...options, signals, senders }, ...receiversOf(method)];
    Reflect.defineMetadata(RECEIVERS, metadata, method);
  };
}

/** Returns what the `@Receiver()`s of a method say, from the top down. */
export function receiversOf(method: object): readonly ReceiverMetadata[] {
  return (Reflect.getOwnMetadata(RECEIVERS, method) as ReceiverMetadata[] | undefined) ?? [];
}
